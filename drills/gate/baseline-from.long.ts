import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { drillDatabase } from '../support/fixture.ts'
import { writeTestPass } from '../support/pass.ts'
import { type StandIn, startStandIn } from '../support/stand-in.ts'

let prod: StandIn
beforeAll(async () => {
  prod = await startStandIn()
})
afterAll(async () => prod[Symbol.asyncDispose]())

const consent = { MODE: 'apply', CONFIRM: drillDatabase, BACKUP_EVIDENCE: 'drill' }

// Columns, a table, a view on a view, a constraint and an index of production's own, which no baseline in the project has.
const ownThings = [
  'ALTER TABLE `Event` ADD COLUMN extra INT',
  'CREATE TABLE `Group` (id INT PRIMARY KEY, `key` VARCHAR(9), CHECK ((id > 0)), KEY (`key`))',
  "INSERT INTO `Group` VALUES (1, 'secret')",
  'CREATE VIEW v_a AS SELECT * FROM v_order_list',
  'ALTER TABLE Discount ADD INDEX idx_manager (manager_id, is_active)',
]
const takeAway = [
  'DROP VIEW v_a',
  'DROP TABLE `Group`',
  'ALTER TABLE `Event` DROP COLUMN extra',
  'ALTER TABLE Discount DROP INDEX idx_manager',
]

test('a target with a schema of its own is refused until it was rehearsed on, which reads no row of it', async () => {
  await prod.sql('SET GLOBAL tidb_enable_check_constraint = ON', ...ownThings)
  await writeTestPass(prod.reports)
  const refused = await prod.run({ ...prod.as('migration_apply'), ...consent })
  expect(refused.reasonOf('indexes.apply'), refused.tail).toMatch(
    /SCHEMA_NOT_REHEARSED[\s\S]*added to Event: `extra` int[\s\S]*next: .*BASELINE_FROM=prod npx vitest run/,
  )
  expect(refused.summary?.steps).toEqual([])

  await prod.sql('SET GLOBAL tidb_enable_stmt_summary = OFF', 'SET GLOBAL tidb_enable_stmt_summary = ON')
  const { TARGET: _, MINIMUM_RELEASE: __, ...reach } = prod.as('migration_check')
  const rehearsal = await prod.run({ ...reach, BASELINE_FROM: 'prod' })
  expect(rehearsal.red, rehearsal.tail).toEqual([])
  expect(rehearsal.output).toMatch(
    /baseline from prod, .*: 17 tables, 6 views; structure only, no row was read/,
  )
  await using session = await prod.connect()
  const sent = await session.rows(
    z.object({ text: z.string(), tables: z.string().nullable() }),
    `SELECT DISTINCT DIGEST_TEXT AS text, TABLE_NAMES AS tables FROM information_schema.cluster_statements_summary
      WHERE SAMPLE_USER = 'migration_check'`,
  )
  expect(sent.length).toBeGreaterThan(5)
  const ofTables = sent.filter(
    ({ text, tables }) => !/^show /i.test(text) && /ticketbookingdb\./i.test(tables ?? ''),
  )
  expect(ofTables).toEqual([])

  const applied = await prod.run({ ...prod.as('migration_apply'), ...consent })
  expect(applied.red, applied.tail).toEqual([])
  const back = await prod.run({ ...prod.as('migration_apply'), ...consent, MODE: 'rollback' })
  expect(back.red, back.tail).toEqual([])
  await prod.sql(...takeAway)
}, 600_000)
