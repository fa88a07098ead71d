import { existsSync } from 'node:fs'
import { appendFile, cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { inProject, projectRoot } from '../../helpers/core/config/project.ts'
import { runCli, runSuite } from '../../helpers/run/suite-process.ts'

const name = 'Größe v2 名'
const generator = `import { sqlTime, type TableRows, tableRows } from 'tidb-migration-harness/data'

export const generate = (): TableRows[] => [
  {
    table: 'Group',
    columns: ['group_id', 'label', 'seats', 'closed_on'],
    count: 1000,
    rows: Array.from({ length: 1000 }, (_, n) => [n + 1, 'Nhóm ' + n, 10 + (n % 10), n % 10 === 3 ? '2026-01-31' : null]),
  },
  tableRows('Member', 3000, ['member_code', 'group_id', 'email', 'joined_at', 'score'], function* () {
    for (let n = 0; n < 3000; n++)
      yield {
        member_code: 'M' + String(n).padStart(5, '0'),
        group_id: 1 + (n % 100),
        email: 'Member' + n + '@example.org',
        joined_at: sqlTime(1_735_776_000),
        score: n % 10 || null,
      }
  }),
]
`

let folder: string
let MIGRATION: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'another repository '))
  MIGRATION = join(folder, name)
  await cp(inProject('sql/example'), MIGRATION, { recursive: true })
  await mkdir(join(folder, 'node_modules'))
  await symlink(projectRoot, join(folder, 'node_modules/tidb-migration-harness'), 'junction')
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
