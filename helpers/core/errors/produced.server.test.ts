import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeCertificate } from '../../../drills/support/certificate.ts'
import { certificateCases } from '../../../drills/support/errors/certificates.ts'
import { connectionCases } from '../../../drills/support/errors/connections.ts'
import { constraintCases } from '../../../drills/support/errors/constraints.ts'
import { type Case, runCase, type Stage } from '../../../drills/support/errors/fixture.ts'
import { indexCases } from '../../../drills/support/errors/indexes.ts'
import { privilegeCases } from '../../../drills/support/errors/privileges.ts'
import { rowCases } from '../../../drills/support/errors/rows.ts'
import { runningCases } from '../../../drills/support/errors/running.ts'
import { statementCases } from '../../../drills/support/errors/statements.ts'
import type { Engine } from '../server/embedded/engine.ts'
import { startEngineFor } from '../server/start.ts'
import { openWriteSession } from '../server/write-session.ts'
import { catalogue } from './catalogue/catalogue.ts'

const cases: Readonly<Record<string, Case>> = {
  ...certificateCases,
  ...connectionCases,
  ...constraintCases,
  ...indexCases,
  ...privilegeCases,
  ...rowCases,
  ...runningCases,
  ...statementCases,
}

// An engine of its own: these tests turn global variables and change its certificate.
let folder: string
let engine: Engine
let tls: Stage['tls']
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'test-errors-'))
  const files = await makeCertificate(folder, 'localhost')
  tls = { ...files, ca: await readFile(files.cert, 'utf8') }
  engine = await startEngineFor({ TIDB_SERVER_BIN: process.env['TIDB_SERVER_BIN'] }, () => {}, { tls })
  await using session = await openWriteSession(engine)
  await session.run('SET GLOBAL tidb_enable_check_constraint = ON')
})
afterAll(async () => {
  await engine.stop()
  await rm(folder, { recursive: true, force: true })
})

describe('the server is brought to, and out of it by the remedy', () => {
  for (const entry of catalogue) {
    const produce = cases[entry.id]
    test(entry.id, async (context) => {
      if ('notProduced' in entry) {
        expect(produce).toBeUndefined()
        return context.skip(`not produced: ${entry.notProduced}`)
      }
      if (produce === undefined) throw new Error(`no case in produced/ brings the server to ${entry.id}`)
      await runCase(entry, produce, { engine, tls, folder })
    })
  }
})

test('every case is for an entry', () => {
  const ids = catalogue.map(({ id }) => id)
  expect(Object.keys(cases).filter((id) => !ids.includes(id))).toEqual([])
})
