import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { readSnapshot } from '../../helpers/core/schema/read-snapshot.ts'
import { drillDatabase } from '../support/fixture.ts'
import { writeTestPass } from '../support/pass.ts'
import { expectOnlyReads, forgetStatements, reading, sentBy } from '../support/sent-statements.ts'
import { type StandIn, startStandIn } from '../support/stand-in.ts'

let prod: StandIn
beforeAll(async () => {
  prod = await startStandIn()
})
afterAll(async () => prod[Symbol.asyncDispose]())

const check = (variables: Record<string, string> = {}) =>
  prod.run({ ...prod.as('migration_check'), ...variables })

test('after apply: enforcement is read, and with PROBE=1 probed by the applying account; no row changes', async () => {
  await writeTestPass(prod.reports)
  const consent = { CONFIRM: drillDatabase, BACKUP_EVIDENCE: 'drill' }
  const applied = await prod.run({ ...prod.as('migration_apply'), MODE: 'apply', ...consent })
  expect(applied.red, applied.tail).toEqual([])
  const evidenceOf = (outcome: Awaited<ReturnType<typeof check>>) =>
    outcome.summary?.checks.find(({ id }) => id === 'postconditions.enforcement[Payment.chk_payment_amount]')
      ?.evidence

  await forgetStatements(prod)
  const read = await check({ EXPECT: 'after' })
  expect(read.red, read.tail).toEqual([])
  await expectOnlyReads(prod, 'migration_check')
  expect(evidenceOf(read)).toEqual({ declaredEnforced: true })
  // What was only read is not called enforced.
  expect(read.summary?.constraints).toMatchObject({ enforceable: 21, declared: 21, probed: 0, enforced: 0 })
  expect(read.output).toContain('21 of 21 constraints declared ENFORCED, none probed')

  await forgetStatements(prod)
  const probed = await prod.run({ ...prod.as('migration_apply'), EXPECT: 'after', PROBE: '1' })
  expect(probed.red, probed.tail).toEqual([])
  // Beside what reads: probes in transactions that are rolled back, and none that is committed.
  const types = new Set((await sentBy(prod, 'migration_apply')).map(({ type }) => type))
  const others = [...types].filter((type) => ![...reading, 'other'].includes(type))
  expect(others.toSorted()).toEqual(['Begin', 'Rollback', 'Update'])
  expect(probed.summary?.constraints).toMatchObject({ declared: 21, probed: 21, enforced: 21 })
  expect(evidenceOf(probed)).toMatchObject({ outcome: 'refused', answer: expect.stringMatching(/^3819/) })
  await using session = await prod.connect()
  const { n } = await session.row(
    z.object({ n: z.number() }),
    'SELECT COUNT(*) AS n FROM Payment WHERE amount < 0',
  )
  expect(n).toBe(0)

  await prod.sql('ALTER TABLE Payment ALTER CONSTRAINT chk_payment_amount NOT ENFORCED')
  const dead = await prod.run({ ...prod.as('migration_apply'), EXPECT: 'after', PROBE: '1' })
  expect(dead.red, dead.tail).toContain('postconditions.constraints[Payment.chk_payment_amount]')
  expect((await readSnapshot(session)).tables.length).toBe(16)
})
