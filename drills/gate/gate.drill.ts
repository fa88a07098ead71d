import { rm } from 'node:fs/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { passFileOf } from '../../helpers/gate/rehearsal-pass.ts'
import { takeRunnerLease } from '../../helpers/gate/runner-lease.ts'
import { drillDatabase } from '../support/fixture.ts'
import { passOf, writeTestPass } from '../support/pass.ts'
import { type StandIn, startStandIn } from '../support/stand-in.ts'

let prod: StandIn

const passFile = () => passFileOf(prod.reports, 'v3')

beforeAll(async () => {
  prod = await startStandIn()
})
beforeEach(() => writeTestPass(prod.reports))
afterAll(async () => prod[Symbol.asyncDispose]())

describe('a refusal says what is missing, and nothing is changed', () => {
  const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString()
  test.for<[string, object | undefined, Record<string, string>, RegExp]>([
    ['no pass', undefined, {}, /NO_REHEARSAL_PASS[\s\S]*npx vitest run/],
    ['a pass edited by hand', { ...passOf(), rehearsedAt: daysAgo(1) }, {}, /PASS_EDITED/],
    ['no CONFIRM', passOf(), { CONFIRM: '' }, /NOT_CONFIRMED: CONFIRM is not set/],
    ['no proof of a backup', passOf(), { BACKUP_EVIDENCE: ' ' }, /NO_BACKUP/],
    ['a rollback that nobody recorded', passOf(), { MODE: 'rollback' }, /NOTHING_RECORDED/],
    ['a rollback alone', passOf(), { MODE: 'rollback', only: 'specs/11-rollback' }, /SECTION_MISSING/],
  ])('%s', async ([, pass, { only, ...variables }, says]) => {
    const before = await prod.schema()
    await (pass === undefined ? rm(passFile(), { force: true }) : writeTestPass(prod.reports, pass))
    const outcome = await prod.apply(variables, only === undefined ? [] : [only])
    expect(outcome.exitCode, outcome.tail).not.toBe(0)
    expect(outcome.output).toMatch(says)
    expect(await prod.schema()).toEqual(before)
  })

  test('a DATABASE_URL that leads to another database than CONFIRM', async () => {
    await prod.sql('CREATE DATABASE IF NOT EXISTS other', 'GRANT ALL ON other.* TO migration_apply')
    const outcome = await prod.apply({ DATABASE_URL: prod.urlOf('migration_apply', 'other') })
    expect(outcome.output).toMatch(
      /NOT_CONFIRMED: CONFIRM names ticketbookingdb, but DATABASE_URL leads to other/,
    )
    expect(outcome.exitCode).not.toBe(0)
  })
})

describe('no way round', () => {
  test.for<[string, string[], RegExp]>([
    ['--retry', ['--retry=2'], /RUN_NOT_STRAIGHT[\s\S]*--retry/],
    ['a name filter', ['-t', 'Part A'], /RUN_NOT_STRAIGHT[\s\S]*-t:/],
    ['watch mode', ['--watch'], /RUN_NOT_STRAIGHT[\s\S]*watch mode/],
    ['what has changed', ['--changed'], /RUN_NOT_STRAIGHT[\s\S]*--changed/],
    ['Part A alone', ['specs/04-indexes'], /SECTION_MISSING/],
  ])('%s', async ([, args, says]) => {
    const before = await prod.schema()
    const outcome = await prod.apply({}, args)
    expect(outcome.output).toMatch(says)
    expect(outcome.exitCode).not.toBe(0)
    expect(await prod.schema()).toEqual(before)
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
    const outcome = await prod.apply(variables())
    expect(outcome.output).toMatch(says)
    expect(outcome.exitCode).not.toBe(0)
  })
})

test('the target`s columns are others than those rehearsed: it says where', async () => {
  const { baseline } = passOf()
  const tables = baseline.tables.map((table) => ({
    ...table,
    columns: table.columns.map((column) =>
      column.name === 'event_name' ? { ...column, type: 'varchar(600)' } : column,
    ),
  }))
  await writeTestPass(prod.reports, passOf({ baseline: { ...baseline, tables } }))
  const outcome = await prod.apply()
  expect(outcome.red, outcome.tail).toContain('indexes.apply')
  expect(outcome.reasonOf('indexes.apply')).toMatch(
    /SCHEMA_NOT_REHEARSED[\s\S]*Event: wanted event_name varchar\(600\) .*, found event_name varchar\(500\)[\s\S]*BASELINE_FROM=prod/,
  )
  expect(outcome.summary?.indexes.present).toBe(0)
})

test('a violating row stops apply before its first step, with the remedy', async () => {
  await prod.sql('UPDATE Venue SET capacity = -1 LIMIT 1')
  const outcome = await prod.apply()
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
  const outcome = await prod.apply()
  expect(outcome.output).toMatch(
    /ANOTHER_RUNNER: The cluster of ticketbookingdb is in the hands of .*pid \d+ on ticketbookingdb since \d{4}-.*connection \d+ of root/,
  )
  expect(outcome.exitCode).not.toBe(0)
})
