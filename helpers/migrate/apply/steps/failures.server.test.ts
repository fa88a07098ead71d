import { rmSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { adds, baseline, openTarget, type TestTarget } from '../../../../drills/support/test-apply.ts'
import { lockOf, rejectionOf } from '../../../../drills/support/test-migration.ts'
import { describeChanges } from '../../../core/schema/changes.ts'
import { qualifiedName } from '../../../core/schema/model.ts'
import { differenceOf } from '../../lock/difference.ts'
import type { Lock } from '../../lock/lock.ts'
import { planStep } from '../../step/step.ts'
import { applyConstraints, applyIndexes } from '../apply.ts'
import { runSteps } from './step-runner.ts'

let lock: Lock
beforeAll(async () => {
  lock = await lockOf(baseline, adds)
})

const showingValues = (run: ReturnType<TestTarget['newRun']>) => ({ ...run.runner, showValues: true })

/** The schema before, and proof that nothing was sent since. */
const watch = async (target: TestTarget) => {
  const [before, job] = [await target.snapshot(), await target.newestJob()]
  return async () => {
    expect(describeChanges(before, await target.snapshot())).toEqual([])
    expect(await target.newestJob()).toBe(job)
  }
}

const present = async (target: TestTarget): Promise<string[]> => {
  const { indexes, constraints } = differenceOf(lock.adds, await target.snapshot())
  return [...indexes.present, ...constraints.present].map(qualifiedName)
}

describe('rows that are equal by a unique index', () => {
  test.each([false, true])('stop Part A before its first step; values shown: %s', async (showValues) => {
    await using target = await openTarget(
      "INSERT INTO `Order` (id, b) VALUES (10, 'secret'), (11, 'secret');\n",
    )
    const [run, assertUntouched] = [target.newRun(), await watch(target)]
    const applied = applyIndexes({ ...run.runner, showValues }, lock, [], 'apply')
    const { code, message, fields } = await rejectionOf(applied)
    expect(code).toBe('DUPLICATE_ROWS')
    expect(message).toMatch(/Order\.k_b .*: 2 rows are 1 values, equal by keys:\s+\{"id":10.*\}, \{"id":11/)
    expect(message.includes('secret')).toBe(showValues)
    expect(fields['indexes']).toEqual([{ name: 'Order.k_b', groups: 1, rows: 2 }])
    expect(run.states()).toEqual([])
    await assertUntouched()
  })
})

describe('rows that break a constraint', () => {
  test('stop Part B before its first step, each with its rows and a remedy', async () => {
    await using target = await openTarget(`
INSERT INTO \`Order\` (id, a) VALUES (11, -1), (10, 0);
INSERT INTO Item VALUES ('it''s', 1, 1);
INSERT INTO NoKey VALUES (13), (13);
`)
    const [run, assertUntouched] = [target.newRun(), await watch(target)]
    const remedies = [{ name: 'Item.ck_item', about: {}, sql: 'UPDATE Item SET a = NULL WHERE a >= y' }]
    const { code, message, fields } = await rejectionOf(
      applyConstraints(showingValues(run), lock, remedies, 'apply'),
    )
    expect(code).toBe('VIOLATING_ROWS')
    expect(message).toMatch(
      /Item\.ck_item .*: 1 rows[\s\S]*\{"x":"it's","y":1,"a":1\}\s+remedy: UPDATE Item SET a = NULL/,
    )
    expect(message).toMatch(/NoKey\.ck_none .*: 2 rows[\s\S]*\{[^}]*"a":13\}\s+\{[^}]*"a":13\}/)
    expect(message).toMatch(/Order\.ck_a .*: 2 rows[\s\S]*\{"id":10,"a":0\}\s+\{"id":11,"a":-1\}/)
    expect(message).toMatch(/remedy: UPDATE `Order` SET `a` = … WHERE `id` = …;[\s\S]*Nothing was changed/)
    expect(fields['constraints']).toEqual([
      { name: 'Item.ck_item', count: 1 },
      { name: 'NoKey.ck_none', count: 2 },
      { name: 'Order.ck_a', count: 2 },
    ])
    expect(run.states()).toEqual([])
    await assertUntouched()
  })

  test('do not stop it where they make a clause neither true nor false', async () => {
    await using target = await openTarget(
      'INSERT INTO `Order` (id) VALUES (10);\nINSERT INTO NoKey VALUES (NULL);\n',
    )
    const done = await applyConstraints(target.newRun().runner, lock, [], 'apply')
    expect(done.map(({ status }) => status)).toEqual(['done', 'done', 'done', 'done'])
  })

  test('are counted only for the constraints that are still missing', async () => {
    await using target = await openTarget(`
ALTER TABLE NoKey ADD CONSTRAINT ck_none CHECK ((a <> 13)) NOT ENFORCED;
INSERT INTO NoKey VALUES (13);
`)
    const constraints = lock.adds.constraints.map((item) => ({
      ...item,
      enforced: item.name !== 'ck_none' && item.enforced,
    }))
    const eased = { ...lock, adds: { ...lock.adds, constraints } }
    const done = await applyConstraints(target.newRun().runner, eased, [], 'apply')
    expect(done.map(({ name }) => name)).toEqual(expect.not.arrayContaining(['ck_none']))
  })
})

describe('a step that fails', () => {
  test('stops the later ones, and the next run goes on once that is fixed', async () => {
    await using target = await openTarget(
      'ALTER TABLE `Order` DROP INDEX k_old;\nALTER TABLE `Order` MODIFY b VARCHAR(4000);\n',
    )
    const run = target.newRun()
    const { code, message, fields } = await rejectionOf(
      applyIndexes({ ...run.runner, connections: 1 }, lock, [], 'apply'),
    )
    expect(code).toBe('STEP_FAILED')
    expect(message).toMatch(
      /apply:index:Order\.k_b: ALTER TABLE `Order` ADD UNIQUE KEY[\s\S]*why: +Specified key was too long/,
    )
    expect(fields['step']).toBe('apply:index:Order.k_b')
    expect(run.states().slice(4)).toEqual([
      'running apply:index:Item.k_item',
      'done apply:index:Item.k_item',
      'running apply:index:Order.k_a',
      'done apply:index:Order.k_a',
      'running apply:index:Order.k_b',
      'failed apply:index:Order.k_b',
    ])
    expect(run.steps().at(-1)?.failure).toMatchObject({
      code: 'STEP_FAILED',
      what: expect.stringMatching(/^apply:index:Order\.k_b: ALTER TABLE/),
      why: expect.stringMatching(/^Specified key was too long/),
      next: expect.stringMatching(/run again/),
      fields,
    })
    expect(await present(target)).toEqual(['Item.k_item', 'Order.k_a'])

    await target.session.run('ALTER TABLE `Order` MODIFY b VARCHAR(20)')
    const done = await applyIndexes(target.newRun().runner, lock, [], 'apply')
    expect(done.map(({ id }) => id)).toEqual([
      'apply:index:Order.k_b',
      'apply:index:Order.k`many',
      // Not Item: its only new index is invisible, and no query may use that.
      'apply:analyze:Order',
    ])
    expect(await present(target)).toEqual(['Item.k_item', 'Order.k_a', 'Order.k_b', 'Order.k`many'])
  })

  test('says how to get rid of a constraint that 7.5.0 left half-made (#47632)', async () => {
    await using target = await openTarget()
    // What a row does that comes in between the count and the statement.
    await target.session.run('INSERT INTO NoKey VALUES (13)')
    const half = target.session.run('ALTER TABLE NoKey ADD CONSTRAINT ck_none CHECK ((a <> 13))')
    await expect(half).rejects.toThrow(/violated/)
    await target.session.run('DELETE FROM NoKey WHERE a = 13')
    expect(await present(target)).toEqual([])

    const { message } = await rejectionOf(applyConstraints(target.newRun().runner, lock, [], 'apply'))
    const [, sql] = /next: .*run: (ALTER TABLE .*?);/.exec(message) ?? []
    expect(sql).toBe('ALTER TABLE `NoKey` ALTER CONSTRAINT `ck_none` ENFORCED')
    await target.session.run(sql ?? '')
    await applyConstraints(target.newRun().runner, lock, [], 'apply')
    expect(await present(target)).toEqual(['Item.ck_item', 'NoKey.ck_none', 'Order.ck_a', 'Order.ck`off'])
  })

  test('that no table is there for is not sent', async () => {
    await using target = await openTarget('DROP TABLE Item;\n')
    const { code, message } = await rejectionOf(applyIndexes(target.newRun().runner, lock, [], 'apply'))
    expect([code, message]).toEqual(['TABLE_MISSING', expect.stringMatching(/the table Item/)])
  })
})

test('an estimate that fails stops no step', async () => {
  await using target = await openTarget()
  const run = target.newRun()
  const estimator = { estimate: () => Promise.reject(new Error('no such column: secret')) }
  const done = await applyIndexes({ ...run.runner, estimator }, lock, [], 'apply')
  expect(done.map(({ id }) => id)).toContain('apply:index:Order.k_a')
  expect(run.said).toContainEqual(expect.stringMatching(/could not be estimated: no such column/))
})

test('a warning of ANALYZE fails nothing, and stands on record', async () => {
  await using target = await openTarget()
  const { runner } = target.newRun()
  const item = { table: 'Item', name: '' }
  const step = planStep('apply', 'analyze', item, 'ANALYZE TABLE `Item` PREDICATE COLUMNS')
  const [done] = await runSteps(runner, [step])
  expect(done?.status).toBe('done')
  expect(done?.warnings.map(({ level, message }) => `${level} ${message}`)).toContainEqual(
    expect.stringMatching(/^Warning .*No predicate column has been collected yet/),
  )
})

describe('a run that cannot be put on record', () => {
  test.each([
    ['applyIndexes', applyIndexes],
    [
      'applyConstraints',
      (runner: Parameters<typeof applyIndexes>[0]) => applyConstraints(runner, lock, [], 'apply'),
    ],
  ])('sends no statement: %s', async (_, part) => {
    await using target = await openTarget()
    const [run, assertUntouched] = [target.newRun(), await watch(target)]
    rmSync(run.runner.run.dir, { recursive: true })
    const { code } = await rejectionOf(part(run.runner, lock, [], 'apply'))
    expect(code).toBe('REPORT_NOT_WRITTEN')
    await assertUntouched()
  })
})
