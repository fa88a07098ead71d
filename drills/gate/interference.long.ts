import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { expectRed } from '../support/faults/fault.ts'
import { type Fixture, startFixture, startMigratedFixture, verification } from '../support/fixture.ts'

/** Somebody else at work: repeats statements on a connection of its own until disposed. What they answer does not matter. */
const meanwhile = async (
  fixture: Fixture,
  statements: readonly string[],
  everyMs: number,
): Promise<AsyncDisposable> => {
  const session = await fixture.connect()
  let isOver = false
  const loop = (async () => {
    while (!isOver) {
      for (const statement of statements) await session.run(statement).catch(() => undefined)
      await sleep(everyMs)
    }
  })()
  return {
    [Symbol.asyncDispose]: async () => {
      isOver = true
      await loop
      await session[Symbol.asyncDispose]()
    },
  }
}

test('somebody turns the switch OFF while Part B runs: the step fails, and the next run finishes', async () => {
  await using fixture = await startFixture()
  await fixture.run(['preflight', 'indexes'])
  {
    await using _other = await meanwhile(fixture, ['SET GLOBAL tidb_enable_check_constraint = OFF'], 0)
    const outcome = await fixture.run(['constraints'])
    expect(outcome.red, outcome.tail).toContain('constraints.apply')
    expect(outcome.reasonOf('constraints.apply')).toMatch(
      /STEP_FAILED[\s\S]*(?:Warning 1105: the switch of check constraint is off[\s\S]*added nothing|has shown tidb_enable_check_constraint OFF for 40 s)/,
    )
    expect(outcome.exitCode).not.toBe(0)
  }
  const outcome = await fixture.run(['constraints', ...verification])
  expect(outcome.red, outcome.tail).toEqual([])
  expect(outcome.summary?.constraints).toMatchObject({ present: 21, enforced: 21 })
})

test('a bad row comes in while the constraints are down: the rollback section says so', async () => {
  await using fixture = await startMigratedFixture()
  await using _other = await meanwhile(fixture, ['UPDATE Payment SET amount = -5 WHERE payment_id = 9'], 5)
  expectRed(await fixture.run(['rollback']), {
    red: ['rollback.reapply', 'rollback.rows', 'rollback.third-apply'],
    says: /VIOLATING_ROWS: Payment\.chk_payment_amount .*: 1 rows break it[\s\S]*"payment_id":9/,
  })
})

test('somebody changes a table and turns the switch ON during the rollback', async () => {
  await using fixture = await startMigratedFixture()
  await fixture.sql('ALTER TABLE Banner ADD COLUMN surprise INT')
  await using _other = await meanwhile(fixture, ['SET GLOBAL tidb_enable_check_constraint = ON'], 0)
  expectRed(await fixture.run(['rollback']), {
    red: ['rollback.schema', 'rollback.switch'],
    says: /SCHEMA_CHANGED: After the rollback the schema is not what it was before:\s+added to Banner: `surprise` int/,
  })
})

test('an index that was there before the migration survives the rollback', async () => {
  await using fixture = await startFixture()
  await fixture.sql('ALTER TABLE Payment ADD INDEX idx_transaction (transaction_id)')
  const outcome = await fixture.run(['preflight', 'indexes', 'constraints', 'rollback'])
  expect(outcome.red, outcome.tail).toEqual([])
  await using session = await fixture.connect()
  // Fails when the index is gone.
  await session.run('ALTER TABLE Payment DROP INDEX idx_transaction')
})
