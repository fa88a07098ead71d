import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { type StandIn, startStandIn } from '../support/stand-in.ts'

// A production with one table that is large beside the time that a check has, and others that are not.
const countRow = z.object({ rows: z.number() })
const orphans = 'preflight.orphans[AuditLog.fk_1]'
let standIn: StandIn
beforeAll(async () => {
  standIn = await startStandIn()
  const more = `INSERT INTO AuditLog (table_name, record_id, action, changed_by)
    SELECT table_name, record_id, action, changed_by FROM AuditLog`
  const [first = 0] = (await rowsOf('AuditLog')) ?? []
  for (let rows = first; rows < 200_000; rows *= 2) await standIn.sql(more)
  await standIn.sql('ANALYZE TABLE AuditLog')
}, 300_000)
afterAll(() => standIn[Symbol.asyncDispose]())

const rowsOf = async (table: string): Promise<number[]> => {
  await using session = await standIn.connect()
  const found = await session.rows(countRow, `SELECT COUNT(*) AS \`rows\` FROM ${table}`)
  return found.map(({ rows }) => rows)
}

const check = (variables: Record<string, string> = {}) =>
  standIn.run({ ...standIn.as('migration_check'), ...variables })
const resultOf = (outcome: Awaited<ReturnType<typeof check>>, id: string) =>
  outcome.summary?.checks.find((item) => item.id === id)

test('where the time of a check ends before the rows, it says how far it came, and the answer is not plain ready', async () => {
  const outcome = await check({ CHECK_SECONDS: '1' })
  expect(outcome.red, outcome.tail).toEqual([])
  expect(resultOf(outcome, orphans)).toMatchObject({
    status: 'skipped',
    skipCode: 'PARTLY_CHECKED',
    reason: expect.stringMatching(/^50,000 rows of AuditLog were looked at, .* CHECK_SECONDS=1 were over/),
  })
  // A small table is looked at whole, whatever else there is.
  expect(resultOf(outcome, 'preflight.violations[Venue.chk_venue_seats]')).toMatchObject({ status: 'passed' })
  expect(outcome.summary?.answer).toMatch(
    /^ready as far as it was looked at; not on all rows: 1 of \d+ preflight\.orphans$/,
  )
})

test('with time enough all rows are looked at', async () => {
  const outcome = await check()
  expect(outcome.summary?.answer, outcome.tail).toBe('ready')
  expect(resultOf(outcome, orphans)).toMatchObject({
    status: 'passed',
    evidence: { scanned: { isWhole: true } },
  })
})

test('one row at the end of the table is found', async () => {
  await standIn.sql(
    'SET GLOBAL foreign_key_checks = OFF',
    "SET SESSION foreign_key_checks = OFF; INSERT INTO AuditLog (table_name, record_id, action, changed_by) VALUES ('T', 1, 'INSERT', 2000000000)",
    'SET GLOBAL foreign_key_checks = ON',
  )
  const outcome = await check()
  expect(outcome.red, outcome.tail).toContain(orphans)
  expect(outcome.reasonOf(orphans)).toMatch(/ORPHANS: 1 rows of AuditLog/)
})
