import { existsSync } from 'node:fs'
import { appendFile, cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { inProject } from '../../helpers/core/config/project.ts'
import { runCli, runSuite } from '../../helpers/run/suite-process.ts'

const name = 'Größe v2 名'
const generator = `export const generate = () => [
  {
    table: 'Group',
    columns: ['group_id', 'label', 'seats', 'closed_on'],
    count: 1000,
    rows: Array.from({ length: 1000 }, (_, n) => [n + 1, 'Nhóm ' + n, 10 + (n % 10), n % 10 === 3 ? '2026-01-31' : null]),
  },
  {
    table: 'Member',
    columns: ['member_code', 'group_id', 'email', 'joined_at', 'score'],
    count: 3000,
    rows: Array.from({ length: 3000 }, (_, n) => [
      'M' + String(n).padStart(5, '0'), 1 + (n % 100), 'Member' + n + '@example.org', '2025-01-02', n % 10 || null,
    ]),
  },
]
`

let folder: string
let MIGRATION: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'another repository '))
  MIGRATION = join(folder, name)
  await cp(inProject('sql/example'), MIGRATION, { recursive: true })
  await rm(join(MIGRATION, 'lock.json'))
  await rm(join(MIGRATION, 'baseline/data.sql'))
  await mkdir(join(MIGRATION, 'baseline/data'))
  await writeFile(join(MIGRATION, 'baseline/data/index.ts'), generator)
})
afterAll(() => rm(folder, { recursive: true }))

test('a migration of another repository, by its path: the lock, a rehearsal, and a lock that is stale', async () => {
  const REPORTS_DIR = join(folder, 'reports')
  const missing = await runSuite([], { MIGRATION, REPORTS_DIR })
  expect(missing.output).toContain(`LOCK_MISSING: ${MIGRATION}/lock.json does not exist`)
  expect(missing.output).toContain(`next: Run: MIGRATION='${MIGRATION}' npm run lock`)

  const lock = await runCli('helpers/cli/lock.ts', { MIGRATION })
  expect(lock.all).toContain(`wrote ${MIGRATION}/lock.json: 4 indexes, 4 constraints`)

  const outcome = await runSuite([], { MIGRATION, REPORTS_DIR })
  expect(outcome.red, outcome.tail).toEqual([])
  expect(outcome.summary).toMatchObject({ verdict: 'passed', lock: { name }, data: { rows: 4000 } })
  expect(existsSync(join(REPORTS_DIR, `rehearsal-pass-${name}.json`))).toBe(true)

  await appendFile(join(MIGRATION, 'indexes.sql'), '-- one more\n')
  const stale = await runSuite([], { MIGRATION, REPORTS_DIR })
  expect(stale.output).toContain(`LOCK_STALE: ${MIGRATION}/lock.json is stale`)
})
