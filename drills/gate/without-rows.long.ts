import { afterAll, beforeAll, expect, test } from 'vitest'
import { writeTestPass } from '../support/pass.ts'
import { type StandIn, startStandIn } from '../support/stand-in.ts'

// A production on its first day: all tables, and no row in any of them.
let standIn: StandIn
beforeAll(async () => {
  standIn = await startStandIn()
  const { tables } = await standIn.schema()
  await standIn.sql(
    'SET GLOBAL foreign_key_checks = OFF',
    ...tables.map(({ name }) => `TRUNCATE TABLE \`${name}\``),
    'SET GLOBAL foreign_key_checks = ON',
  )
  await writeTestPass(standIn.reports)
})
afterAll(() => standIn[Symbol.asyncDispose]())

test('MODE=check says that it is ready', async () => {
  const outcome = await standIn.run(standIn.as('migration_check'))
  expect(outcome.red, outcome.tail).toEqual([])
  expect(outcome.exitCode).toBe(0)
  expect(outcome.summary?.answer).toMatch(/^ready/)
})

test('it is applied, and found applied', async () => {
  const applied = await standIn.apply()
  expect(applied.red, applied.tail).toEqual([])
  expect(applied.summary).toMatchObject({
    indexes: { present: 25, missing: [] },
    constraints: { enforced: 21, missing: [] },
  })
  const after = await standIn.run({ ...standIn.as('migration_check'), EXPECT: 'after' })
  expect(after.red, after.tail).toEqual([])
})

test('it is rolled back', async () => {
  const back = await standIn.run({
    ...standIn.as('migration_apply'),
    MODE: 'rollback',
    CONFIRM: 'ticketbookingdb',
    BACKUP_EVIDENCE: 'drill',
  })
  expect(back.red, back.tail).toEqual([])
  const { tables } = await standIn.schema()
  expect(tables.flatMap(({ constraints }) => constraints)).toEqual([])
})
