import { globSync } from 'node:fs'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'

import { z } from 'zod'
import { readSnapshot } from '../../helpers/core/schema/read-snapshot.ts'
import { passFileOf } from '../../helpers/gate/rehearsal-pass.ts'
import { takeRunnerLease } from '../../helpers/gate/runner-lease.ts'
import { text } from '../../helpers/report/markdown/escape.ts'
import { drillDatabase } from '../support/fixture.ts'
import { passOf, writePass } from '../support/pass.ts'
import { assertSecretKept } from '../support/secrets.ts'
import { oddPassword, type StandIn, startStandIn } from '../support/stand-in.ts'
import { until } from '../support/until.ts'

let prod: StandIn
const consent = { CONFIRM: drillDatabase, BACKUP_EVIDENCE: 'drill' }
const apply = (variables: Record<string, string> = {}, specs: readonly string[] = []) =>
  prod.run({ ...prod.as('migration_apply'), MODE: 'apply', ...consent, ...variables }, specs)

const passFile = () => passFileOf(prod.reports, 'v3')

const schema = async () => {
  await using session = await prod.connect()
  return await readSnapshot(session)
}

beforeAll(async () => {
  prod = await startStandIn()
})
beforeEach(() => writePass(prod.reports))
afterAll(async () => prod[Symbol.asyncDispose]())

describe('a refusal says what is missing, and nothing is changed', () => {
  const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString()
  test.for<[string, object | undefined, Record<string, string>, RegExp]>([
    ['no pass', undefined, {}, /NO_REHEARSAL_PASS[\s\S]*npx vitest run/],
    ['a pass of eight days ago', passOf({ rehearsedAt: daysAgo(8) }), {}, /PASS_TOO_OLD/],
    ['a pass of another lock', passOf({ lockHash: 'f00' }), {}, /PASS_OF_ANOTHER_LOCK/],
    ['a pass of another release', passOf({ releaseLine: '8.5' }), {}, /PASS_OF_ANOTHER_RELEASE/],
    ['a pass that left something out', passOf({ except: ['Seat.x'] }), {}, /PASS_WITH_EXCEPTIONS/],
    ['a pass edited by hand', { ...passOf(), rehearsedAt: daysAgo(1) }, {}, /PASS_EDITED/],
    ['no CONFIRM', passOf(), { CONFIRM: '' }, /NOT_CONFIRMED: CONFIRM is not set/],
    ['a CONFIRM for another database', passOf(), { CONFIRM: 'shop' }, /NOT_CONFIRMED: CONFIRM names shop/],
    ['no proof of a backup', passOf(), { BACKUP_EVIDENCE: ' ' }, /NO_BACKUP/],
    ['a rollback that nobody recorded', passOf(), { MODE: 'rollback' }, /NOTHING_RECORDED/],
    ['a rollback alone', passOf(), { MODE: 'rollback', only: 'specs/11-rollback' }, /SECTION_MISSING/],
  ])('%s', async ([, pass, { only, ...variables }, says]) => {
    const before = await schema()
    await (pass === undefined ? rm(passFile(), { force: true }) : writePass(prod.reports, pass))
    const outcome = await apply(variables, only === undefined ? [] : [only])
    expect(outcome.exitCode, outcome.tail).not.toBe(0)
    expect(outcome.output).toMatch(says)
    expect(await schema()).toEqual(before)
  })

  test('a DATABASE_URL that leads to another database than CONFIRM', async () => {
    await prod.sql('CREATE DATABASE IF NOT EXISTS other', 'GRANT ALL ON other.* TO migration_apply')
    const outcome = await apply({ DATABASE_URL: prod.urlOf('migration_apply', 'other') })
    expect(outcome.output).toMatch(
      /NOT_CONFIRMED: CONFIRM names ticketbookingdb, but DATABASE_URL leads to other/,
    )
    expect(outcome.exitCode).not.toBe(0)
  })
})

describe('no way round', () => {
  test.for<[string, string[], RegExp]>([
    ['--retry', ['--retry=2'], /RUN_NOT_STRAIGHT[\s\S]*--retry/],
    ['parallel files', ['--fileParallelism', '--maxWorkers=2'], /RUN_NOT_STRAIGHT[\s\S]*--fileParallelism/],
    ['a name filter', ['-t', 'Part A'], /RUN_NOT_STRAIGHT[\s\S]*-t:/],
    ['watch mode', ['--watch'], /RUN_NOT_STRAIGHT[\s\S]*watch mode/],
    ['what has changed', ['--changed'], /RUN_NOT_STRAIGHT[\s\S]*--changed/],
    ['a shard', ['--shard=1/2'], /RUN_NOT_STRAIGHT[\s\S]*--shard/],
    ['checks side by side', ['--sequence.concurrent'], /RUN_NOT_STRAIGHT[\s\S]*--sequence.concurrent/],
    ['Part A alone', ['specs/04-indexes'], /SECTION_MISSING/],
    ['Part B alone', ['specs/05-constraints'], /SECTION_MISSING/],
  ])('%s', async ([, args, says]) => {
    const before = await schema()
    const outcome = await apply({}, args)
    expect(outcome.output).toMatch(says)
    expect(outcome.exitCode).not.toBe(0)
    expect(await schema()).toEqual(before)
  })
})

describe('TLS', () => {
  test.for<[string, () => Record<string, string>, RegExp]>([
    ['a certificate that nobody vouches for', () => ({ TLS_CA: '' }), /TARGET_UNREACHABLE[\s\S]*self-signed/],
    [
      'a host that the certificate is not for',
      () => ({ DATABASE_URL: prod.urlOf('migration_apply', drillDatabase, 'LOCALHOST.localdomain') }),
      /TARGET_UNREACHABLE[\s\S]*(?:altnames|ENOTFOUND|EAI_AGAIN)/,
    ],
    [
      'an address instead of a name',
      () => ({ DATABASE_URL: prod.urlOf('migration_apply', drillDatabase, '127.0.0.1') }),
      /TLS_NEEDS_A_NAME/,
    ],
    ['no TLS for an account that must use it', () => ({ ALLOW_PLAINTEXT: '1' }), /TARGET_UNREACHABLE/],
  ])('%s', async ([, variables, says]) => {
    const outcome = await apply(variables())
    expect(outcome.output).toMatch(says)
    expect(outcome.exitCode).not.toBe(0)
  })
})

test('the target`s schema is another than the one rehearsed: it says where', async () => {
  await prod.sql('ALTER TABLE `Event` ADD COLUMN extra INT')
  const outcome = await apply()
  await prod.sql('ALTER TABLE `Event` DROP COLUMN extra')
  expect(outcome.red, outcome.tail).toContain('indexes.apply')
  expect(outcome.reasonOf('indexes.apply')).toMatch(
    /SCHEMA_NOT_REHEARSED[\s\S]*added to Event: `extra` int[\s\S]*BASELINE_FROM=prod/,
  )
  expect(outcome.summary?.indexes.present).toBe(0)
})

test('a violating row stops apply before its first step, with the remedy', async () => {
  await prod.sql('UPDATE Venue SET capacity = -1 LIMIT 1')
  const outcome = await apply()
  await prod.sql('UPDATE Venue SET capacity = 1 WHERE capacity = -1')
  expect(outcome.red, outcome.tail).toEqual(['preflight.violations[Venue.chk_venue_capacity]'])
  expect(outcome.reasonOf('preflight.violations[Venue.chk_venue_capacity]')).toMatch(
    /VIOLATING_ROWS[\s\S]*remedy: UPDATE Venue SET capacity/,
  )
  expect(outcome.summary?.steps).toEqual([])
  expect(outcome.report).toMatch(
    /\n\| Steps \| nothing was applied; not measured: the section preflight failed \|\n/,
  )
  expect(outcome.report).toMatch(
    /- \*\*preflight\.violations\[Venue\.chk_venue_capacity\]\*\*[\s\S]*remedy: UPDATE Venue SET capacity[\s\S]*\n {2}next:\n\n {2}```text\n {2}Look at these rows/,
  )
})

test('a second runner is told who holds the lock and since when', async () => {
  const address = { ...prod.engine.address, database: drillDatabase }
  await using _held = await takeRunnerLease({ address }, () => {})
  await new Promise((resolve) => setTimeout(resolve, 300))
  const outcome = await apply()
  expect(outcome.output).toMatch(
    /ANOTHER_RUNNER: The cluster of ticketbookingdb is in the hands of .*pid \d+ on ticketbookingdb since \d{4}-.*connection \d+ of root/,
  )
  expect(outcome.exitCode).not.toBe(0)
})

const runnerRow = z.object({ id: z.coerce.number() })
const cutRunner = async () => {
  await using session = await prod.connect()
  const id = await until('a runner with a finished step', async () => {
    const found = await session.rows(
      runnerRow,
      "SELECT ID AS id FROM information_schema.processlist WHERE INFO LIKE 'SELECT SLEEP%migration-harness runner%' AND INFO NOT LIKE '%processlist%'",
    )
    const steps = await readFile(join(prod.reports, 'latest/steps.jsonl'), 'utf8').catch(() => '')
    return steps.includes('"done"') && found[0]?.id
  })
  await session.run(`KILL ${id}`)
}

test('a run that loses the lock stops before its next step; what was there before outlives a rollback', async () => {
  // By another spelling than the lock's, for the server goes by neither.
  await prod.sql(
    'ALTER TABLE Discount ADD INDEX IDX_MANAGER (manager_id, is_active)',
    'SET GLOBAL tidb_enable_check_constraint = ON',
    'ALTER TABLE venue ADD CONSTRAINT CHK_VENUE_CAPACITY CHECK (CAPACITY > 0)',
    'SET GLOBAL tidb_enable_check_constraint = OFF',
  )
  const cut = cutRunner()
  const lost = await apply()
  await cut
  expect(lost.reasonOf('indexes.apply'), lost.tail).toMatch(/RUNNER_LOCK_LOST[\s\S]*next: Run again/)

  const except = { EXCEPT: 'Venue.chk_venue_seats, idx_type_status_area' }
  const applied = await apply(except)
  expect(
    applied.red.filter((id) => !id.startsWith('query-plans.')),
    applied.tail,
  ).toEqual([])
  expect(applied.summary).toMatchObject({
    exceptions: ['Seat.idx_type_status_area', 'Venue.chk_venue_seats'],
    indexes: { expected: 24, present: 24 },
    constraints: { expected: 20, enforced: 20 },
  })

  expect(applied.report).toContain('Left out by EXCEPT: Seat.idx_type_status_area, Venue.chk_venue_seats.')
  expect(applied.report).toMatch(/\n\| Indexes \| 24 of 24 there \|\n/)

  // What EXCEPT left out somebody adds by hand later: it is no change of what was rehearsed, nor the rollback's to drop.
  await prod.sql('ALTER TABLE Seat ADD INDEX idx_type_status_area (ticket_type_id, `status`, area_name)')
  const again = await apply(except)
  expect(
    again.red.filter((id) => !id.startsWith('query-plans.')),
    again.tail,
  ).toEqual([])
  expect(again.summary?.steps.filter(({ status }) => status === 'done')).toEqual([])

  const back = await apply({ MODE: 'rollback' })
  expect(back.red, back.tail).toEqual([])
  expect(back.output).toContain(
    'left, because no step on record added it: Discount.idx_manager, Seat.idx_type_status_area, Venue.chk_venue_capacity',
  )
  const discount = (await schema()).tables.find(({ name }) => name === 'Discount')
  expect(discount?.indexes.map(({ name }) => name)).toContain('IDX_MANAGER')
  await prod.sql(
    'ALTER TABLE Discount DROP INDEX idx_manager',
    'ALTER TABLE Seat DROP INDEX idx_type_status_area',
    'SET GLOBAL tidb_enable_check_constraint = ON',
    'ALTER TABLE Venue DROP CONSTRAINT chk_venue_capacity',
    'SET GLOBAL tidb_enable_check_constraint = OFF',
  )
  const check = await prod.run({ ...prod.as('migration_check'), EXPECT: 'before' })
  expect(check.red, check.tail).toEqual([])
})

test('the password stands in nothing that these runs said or left, the red ones and the green', async () => {
  const lookedAt = await assertSecretKept(oddPassword, [prod.reports], prod.said)
  expect(lookedAt.files).toBeGreaterThan(10)
  expect(lookedAt.outputs).toBeGreaterThan(10)
  await writeFile(join(prod.reports, 'planted.json'), JSON.stringify({ url: prod.urlOf('migration_check') }))
  await expect(assertSecretKept(oddPassword, [prod.reports], [])).rejects.toThrow(/stands in .*planted\.json/)
  await rm(join(prod.reports, 'planted.json'))
  // A report escapes what it quotes, so a password would not stand there as it is.
  await writeFile(join(prod.reports, 'planted.md'), `| ${text(`account x, ${oddPassword}`)} |`)
  await expect(assertSecretKept(oddPassword, [prod.reports], [])).rejects.toThrow(/stands in .*planted\.md/)
  await rm(join(prod.reports, 'planted.md'))
  // Refused, red and green: each run has left its report, and so was searched.
  const files = globSync('*/report.md', { cwd: prod.reports })
  const reports = await Promise.all(files.map((file) => readFile(join(prod.reports, file), 'utf8')))
  expect(reports.length).toBeGreaterThan(10)
  for (const verdict of ['REFUSED', 'FAILED', 'PASSED'])
    expect(reports.some((report) => report.startsWith(`# ${verdict}: `))).toBe(true)
  expect(reports.join('\n')).not.toContain('mysql://')
})
