import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { withDatabase } from '../../../drills/test-server.ts'
import { RunFolder } from '../../run/run-folder.ts'
import { readSnapshot } from '../../schema/read-snapshot.ts'
import { openWriteSession } from '../../target/write-session.ts'
import { withSafeReorg } from './fast-reorg.ts'
import type { StepRunner } from './step-runner.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'fast-reorg-'))
})
afterEach(() => rm(dir, { recursive: true }))

test.for([
  ['a clustered string key', 'a VARCHAR(9) PRIMARY KEY CLUSTERED, k INT', 2],
  ['a clustered composite key with a string', 'a INT, b CHAR(3), k INT, PRIMARY KEY (a, b) CLUSTERED', 2],
  ['a clustered number', 'a INT PRIMARY KEY CLUSTERED, k INT', 0],
  ['a string key that is not clustered', 'a VARCHAR(9) PRIMARY KEY NONCLUSTERED, k INT', 0],
] as const)('%s', async ([, columns, settings]) => {
  await using database = await withDatabase('reorg')
  await using session = await openWriteSession(database.server)
  await session.run(`CREATE TABLE t (${columns}, KEY wanted (k))`)
  const snapshot = await readSnapshot(session)
  const indexes = snapshot.tables.flatMap((table) => table.indexes)
  const runner: StepRunner = {
    server: database.server,
    run: new RunFolder(dir),
    connections: 1,
    say: () => {},
  }
  const steps = await withSafeReorg(runner, session, { phase: 'apply', snapshot, indexes }, async () => [])
  expect(steps.map(({ kind }) => kind)).toEqual(Array(settings).fill('setting'))
  expect(steps.at(-1)?.sql ?? 'ON').toMatch(/ON$/)
})
