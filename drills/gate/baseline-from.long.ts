import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { runCli, runSuite, type SuiteOutcome } from '../../helpers/run/suite-process.ts'
import { drillDatabase } from '../support/fixture.ts'
import { writeTestPass } from '../support/pass.ts'
import { copyOfProject } from '../support/project-copy.ts'
import { forgetStatements } from '../support/sent-statements.ts'
import { type StandIn, startStandIn } from '../support/stand-in.ts'

let prod: StandIn
/** A copy of the project, where the address of the target stands in a file, and nowhere else. */
let copy: Awaited<ReturnType<typeof copyOfProject>>
const resources = new AsyncDisposableStack()
beforeAll(async () => {
  prod = resources.use(await startStandIn())
  copy = resources.use(await copyOfProject())
  const { DATABASE_URL, TLS_CA } = prod.as('migration_check')
  await writeFile(join(copy.root, '.env.prod'), `DATABASE_URL=\`${DATABASE_URL}\`\nTLS_CA=${TLS_CA}\n`)
})
afterAll(() => resources.disposeAsync())

const consent = { MODE: 'apply', CONFIRM: drillDatabase, BACKUP_EVIDENCE: 'drill' }
const checkOf = (variables: Record<string, string> = {}, specs: readonly string[] = []) =>
  prod.run({ ...prod.as('migration_check'), ...variables }, specs)
const found = (outcome: SuiteOutcome, id: string) => outcome.summary?.checks.find((item) => item.id === id)

// What a production has of its own, and no migration need mind.
const ownThings = [
  'SET GLOBAL tidb_enable_check_constraint = ON',
  'ALTER TABLE `Event` ADD COLUMN extra INT',
  "ALTER TABLE `Event` COMMENT 'of the shop', MODIFY total_capacity INT(5) NOT NULL COMMENT 'seats'",
  "ALTER TABLE Discount MODIFY discount_type ENUM('PERCENTAGE', 'FIXED_AMOUNT', 'GIFT', 'FREE') NOT NULL",
  `ALTER TABLE Payment MODIFY payment_status ENUM('PENDING', 'SUCCESS', 'FAILED', 'REFUNDED', 'HELD', 'DISPUTED') NULL DEFAULT 'PENDING'`,
  'ALTER TABLE Venue DROP INDEX idx_city',
  'CREATE PLACEMENT POLICY near FOLLOWERS = 2',
  'ALTER TABLE Seat PLACEMENT POLICY = near',
  'CREATE TABLE `Group` (id INT PRIMARY KEY, `key` VARCHAR(9), CHECK ((id > 0)), KEY (`key`))',
  "INSERT INTO `Group` VALUES (1, 'secret')",
  `CREATE TABLE AccessLog (day INT NOT NULL, who INT, KEY (who)) PLACEMENT POLICY = near PARTITION BY RANGE (day)
    (PARTITION d1 VALUES LESS THAN (2), PARTITION d2 VALUES LESS THAN (3))`,
  'CREATE VIEW v_a AS SELECT * FROM v_order_list',
]
const rotate = (last: number) => [
  `ALTER TABLE AccessLog ADD PARTITION (PARTITION d${last} VALUES LESS THAN (${last + 1}))`,
  `ALTER TABLE AccessLog DROP PARTITION d${last - 2}`,
]

test('a production with things of its own: check, rehearse on its structure, apply, check after, rollback', async () => {
  await prod.sql(...ownThings)
  const before = await checkOf()
  expect(before.red, before.tail).toEqual([])
  expect(before.summary?.answer).toBe('ready')
  expect(found(before, 'preflight.pass')).toMatchObject({
    status: 'skipped',
    reason: expect.stringContaining('there is none'),
  })
  expect(before.summary?.drift?.join('\n')).toMatch(
    /added the table AccessLog[\s\S]*added the table Group[\s\S]*added the view v_a[\s\S]*added to Event: `extra` int[\s\S]*dropped the index Venue: KEY `idx_city`/,
  )
  expect(before.summary?.drift?.join('\n')).not.toMatch(/of the shop|seats|int\(\d+\)|near/)
  expect(before.report).toMatch(/\| Drift \| \d+ differences from the schema that the lock was made on \|/)

  // What the lock adds may be there already, in part.
  await prod.sql('ALTER TABLE Discount ADD INDEX idx_manager (manager_id, is_active)')
  await forgetStatements(prod)
  const rehearsal = await runSuite(
    [],
    { REPORTS_DIR: prod.reports, SCALE: 'small', TRAFFIC: 'off', BASELINE_FROM: 'prod' },
    { root: copy.root },
  )
  prod.said.push(rehearsal.output)
  expect(rehearsal.red, rehearsal.tail).toEqual([])
  expect(rehearsal.output).toMatch(
    /baseline from prod, .*: 18 tables, 6 views; structure only, no row was read/,
  )
  expect(rehearsal.output).toMatch(
    /left out, because a rehearsal has no use for it: placement policy of AccessLog, placement policy of Seat/,
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

  await prod.sql(...rotate(3))
  const fits = await checkOf({}, ['specs/01-preflight'])
  expect(found(fits, 'preflight.pass'), fits.tail).toMatchObject({ status: 'passed' })
  const applied = await prod.run({ ...prod.as('migration_apply'), ...consent })
  expect(applied.red, applied.tail).toEqual([])
  await prod.sql(...rotate(4))
  const after = await checkOf({ EXPECT: 'after' })
  expect(after.red, after.tail).toEqual([])
  expect(after.summary?.answer).toBe('applied')
  const back = await prod.run({ ...prod.as('migration_apply'), ...consent, MODE: 'rollback' })
  expect(back.red, back.tail).toEqual([])
}, 900_000)

test('columns that the lock names are others: check says so and where, apply is refused, a lock on its structure fits', async () => {
  await prod.sql('ALTER TABLE `Event` MODIFY event_name VARCHAR(600) NOT NULL')
  await writeTestPass(prod.reports)
  const check = await checkOf({}, ['specs/01-preflight'])
  expect(
    check.red.filter((id) => id !== 'preflight.side'),
    check.tail,
  ).toEqual(['preflight.pass', 'preflight.tables[Event]'])
  expect(check.reasonOf('preflight.tables[Event]')).toMatch(
    /TABLE_DIFFERENT[\s\S]*wanted event_name varchar\(500\) .*, found event_name varchar\(600\) .* \(idx_event_name\)[\s\S]*next: .*BASELINE_FROM=prod MIGRATION=v3 npm run lock/,
  )
  expect(check.reasonOf('preflight.pass')).toMatch(
    /SCHEMA_NOT_REHEARSED[\s\S]*Event: wanted event_name varchar\(500\)[\s\S]*next: .*BASELINE_FROM=prod npx vitest run/,
  )

  const lock = await runCli('helpers/cli/lock.ts', { BASELINE_FROM: 'prod' }, [], copy.root)
  prod.said.push(lock.all)
  expect(lock.all).toMatch(/lock\.json: 25 indexes, 21 constraints, .*, on the structure of prod/)
  const reading = { ...prod.as('migration_check'), REPORTS_DIR: prod.reports, SCALE: 'small', TRAFFIC: 'off' }
  const again = await runSuite(['specs/01-preflight'], reading, { root: copy.root })
  prod.said.push(again.output)
  expect(found(again, 'preflight.tables[Event]'), again.tail).toMatchObject({ status: 'passed' })
  expect(again.summary?.drift).toBeUndefined()
}, 300_000)
