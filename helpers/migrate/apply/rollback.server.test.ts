import { beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { adds, baseline, openTarget, type TestTarget } from '../../../drills/support/test-apply.ts'
import { lockOf } from '../../../drills/support/test-migration.ts'
import { describeChanges } from '../../core/schema/changes.ts'
import { qualifiedName } from '../../core/schema/model.ts'
import { differenceOf } from '../lock/difference.ts'
import type { Lock } from '../lock/lock.ts'
import { type Phase, planStep, type Step, stepLog } from '../step/step.ts'
import { applyConstraints, applyIndexes } from './apply.ts'
import { rollBack } from './rollback.ts'

let lock: Lock
beforeAll(async () => {
  lock = await lockOf(baseline, adds)
})

const switchRow = z.object({ on: z.number() })
const switchSql = 'SELECT @@GLOBAL.tidb_enable_check_constraint AS `on`'

const applyAll = async (run: ReturnType<TestTarget['newRun']>, phase: Phase = 'apply') => {
  await applyIndexes(run.runner, lock, [], phase)
  await applyConstraints(run.runner, lock, [], phase)
}

describe('rollBack', () => {
  test('gives back the very schema of before, constraints first, and can be applied again', async () => {
    await using target = await openTarget()
    const [run, before] = [target.newRun(), await target.snapshot()]
    await applyAll(run)
    const after = await target.snapshot()
    const steps = await rollBack(run.runner, lock, true)
    expect(steps.map(({ kind, status }) => `${kind} ${status}`).toSorted()).toEqual([
      ...Array(4).fill('constraint done'),
      ...Array(4).fill('index done'),
    ])
    expect(describeChanges(before, await target.snapshot())).toEqual([])
    const order = run.states().filter((state) => /^running rollback.*Order/.test(state))
    expect(order.map((state) => /constraint|index/.exec(state)?.[0])).toEqual([
      ...Array(2).fill('constraint'),
      ...Array(3).fill('index'),
    ])

    expect(await rollBack(run.runner, lock, true)).toEqual([])
    await applyAll(run, 'reapply')
    expect(describeChanges(after, await target.snapshot())).toEqual([])
    expect(await rollBack(run.runner, lock, true)).toHaveLength(8)
    expect(describeChanges(before, await target.snapshot())).toEqual([])
  })

  test('leaves what was there before the run', async () => {
    await using target = await openTarget(`
ALTER TABLE \`Order\` ADD INDEX k_a (a);
ALTER TABLE NoKey ADD CONSTRAINT ck_none CHECK ((a <> 13));
`)
    const [run, before] = [target.newRun(), await target.snapshot()]
    await applyAll(run)
    await rollBack(run.runner, lock, true)
    expect(describeChanges(before, await target.snapshot())).toEqual([])
  })

  test('drops nothing in a run that added nothing', async () => {
    await using target = await openTarget()
    await applyAll(target.newRun())
    const [after, later] = [await target.snapshot(), target.newRun()]
    await applyAll(later)
    expect(await rollBack(later.runner, lock, true)).toEqual([])
    expect(describeChanges(after, await target.snapshot())).toEqual([])
  })

  test('drops what a run added before it stopped', async () => {
    await using target = await openTarget(
      'ALTER TABLE `Order` DROP INDEX k_old;\nALTER TABLE `Order` MODIFY b VARCHAR(4000);\n',
    )
    const [run, before] = [target.newRun(), await target.snapshot()]
    await expect(applyIndexes({ ...run.runner, connections: 1 }, lock, [], 'apply')).rejects.toThrow(
      /STEP_FAILED/,
    )
    const steps = await rollBack(run.runner, lock, true)
    expect(steps.map(qualifiedName).toSorted()).toEqual(['Item.k_item', 'Order.k_a'])
    expect(describeChanges(before, await target.snapshot())).toEqual([])
  })

  test('drops what somebody has made invisible or not enforced since: it is still what was added', async () => {
    await using target = await openTarget()
    const [run, before] = [target.newRun(), await target.snapshot()]
    await applyAll(run)
    await target.session.run('ALTER TABLE `Order` ALTER INDEX k_a INVISIBLE')
    await target.session.run('ALTER TABLE `Order` ALTER CONSTRAINT ck_a NOT ENFORCED')
    await rollBack(run.runner, lock, true)
    expect(describeChanges(before, await target.snapshot())).toEqual([])
  })

  test('drops by the record what the lock no longer holds', async () => {
    await using target = await openTarget()
    const [run, before] = [target.newRun(), await target.snapshot()]
    await applyAll(run)
    await target.session.run('ALTER TABLE `Order` ALTER INDEX k_b INVISIBLE')
    const none = { ...lock, adds: { indexes: [], constraints: [] } }
    await rollBack(run.runner, none, true)
    expect(describeChanges(before, await target.snapshot())).toEqual([])
  })

  test.each<[string, Step['status'], 0 | 1]>([
    ['was done', 'done', 0],
    ['has no end on record: whether it was this one that turned it, nobody knows', 'running', 1],
    ['was cut', 'cut', 1],
    ['failed', 'failed', 1],
  ])('puts the switch back OFF only where its own step to turn it ON %s', async (_, status, expected) => {
    await using target = await openTarget()
    const run = target.newRun()
    await applyAll(run)
    const sql = 'SET GLOBAL tidb_enable_check_constraint = ON'
    const step = planStep('apply', 'switch', { table: '', name: 'tidb_enable_check_constraint' }, sql)
    for (const state of new Set<Step['status']>(['planned', 'running', status]))
      stepLog.append(run.runner.run, { ...step, status: state })
    try {
      await rollBack(run.runner, lock, false)
      expect(await target.session.row(switchRow, switchSql)).toEqual({ on: expected })
      const isSaid = run.said.some((line) => /tidb_enable_check_constraint stays ON/.test(line))
      expect(isSaid).toBe(['running', 'cut'].includes(status))
    } finally {
      await target.session.run(sql)
    }
  })

  test('does not turn a switch that only somebody else turned', async () => {
    await using target = await openTarget()
    const run = target.newRun()
    await applyIndexes(run.runner, lock, [], 'apply')
    expect(await rollBack(run.runner, lock, false)).toHaveLength(4)
    expect(await target.session.row(switchRow, switchSql)).toEqual({ on: 1 })
  })

  test('leaves what somebody has changed or added meanwhile', async () => {
    await using target = await openTarget()
    const run = target.newRun()
    await applyAll(run)
    await target.session.script(
      'ALTER TABLE Item DROP INDEX k_item; ALTER TABLE Item ADD INDEX k_item (y), ADD INDEX k_theirs (a)',
    )
    await rollBack(run.runner, lock, true)
    const items = (await target.snapshot()).tables.find(({ name }) => name === 'Item')
    expect(items?.indexes.map(({ name }) => name)).toEqual(['k_item', 'k_theirs'])
    const { present } = differenceOf(lock.adds, await target.snapshot()).indexes
    expect(present).toEqual([])
  })
})
