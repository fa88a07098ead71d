import { beforeAll, describe, expect, test } from 'vitest'
import { adds, baseline, openTarget, type TestTarget } from '../../../drills/support/test-apply.ts'
import { lockOf, rejectionOf } from '../../../drills/support/test-migration.ts'
import { describeChanges } from '../../core/schema/changes.ts'
import { qualifiedName } from '../../core/schema/model.ts'
import { openWriteSession } from '../../core/server/write-session.ts'
import { differenceOf } from '../lock/difference.ts'
import type { Lock } from '../lock/lock.ts'
import type { Step } from '../step/step.ts'
import { applyConstraints, applyIndexes } from './apply.ts'
import { unfinishedJobs } from './jobs/ddl-jobs.ts'
import { isRepeated } from './statistics/seen-statistics.ts'

let lock: Lock
beforeAll(async () => {
  lock = await lockOf(baseline, adds)
})

type Run = ReturnType<TestTarget['newRun']>
const applyAll = async ({ runner }: Run) => [
  ...(await applyIndexes(runner, lock, [], 'apply')),
  ...(await applyConstraints(runner, lock, [], 'apply')),
]
const missingIn = async (target: TestTarget): Promise<string[]> => {
  const { indexes, constraints } = differenceOf(lock.adds, await target.snapshot())
  return [...indexes.missing, ...constraints.missing].map(qualifiedName)
}

const indexIds = ['Item.k_item', 'Order.k_a', 'Order.k_b', 'Order.k`many'].map(
  (name) => `apply:index:${name}`,
)
// Small tables share one ANALYZE.
const analyzeId = 'apply:analyze:Item, Order'
const constraintIds = ['Item.ck_item', 'NoKey.ck_none', 'Order.ck_a', 'Order.ck`off'].map(
  (name) => `apply:constraint:${name}`,
)

const idsOf = (steps: readonly Step[]) => steps.filter((step) => !isRepeated(step)).map(({ id }) => id)

describe('apply', () => {
  test('adds all, and writes down each state before the next statement', async () => {
    await using target = await openTarget()
    const run = target.newRun()
    const before = await target.snapshot()
    const done = await applyAll(run)
    expect(idsOf(done).toSorted()).toEqual([...indexIds, analyzeId, ...constraintIds].toSorted())
    expect(done.every(({ status }) => status === 'done')).toBe(true)
    expect(await missingIn(target)).toEqual([])
    expect(describeChanges(before, await target.snapshot(), lock.adds)).toEqual([])

    const states = run.states()
    expect(states.slice(0, 4).toSorted()).toEqual(indexIds.map((id) => `planned ${id}`))
    for (const id of [...indexIds, analyzeId, ...constraintIds]) {
      const of = states.filter((state) => state.endsWith(` ${id}`))
      expect(of).toEqual([`planned ${id}`, `running ${id}`, `done ${id}`])
    }
    // One statement after the other on one table, and ANALYZE after the last index.
    const order = states.filter(
      (state) => /^(?:running|done) .*Order/.test(state) && !/constraint|attempt/.test(state),
    )
    expect(order).toEqual([...indexIds.slice(1), analyzeId].flatMap((id) => [`running ${id}`, `done ${id}`]))
  })

  test('tells the job and its rows, where the name of the database has capitals', async () => {
    await using target = await openTarget()
    const run = target.newRun()
    const steps = await applyAll(run)
    const of = (name: string) => steps.find(({ id }) => id.endsWith(name))
    expect(of('Order.k_a')).toMatchObject({
      jobId: expect.any(Number),
      rows: 4,
      durationMs: expect.any(Number),
    })
    expect(of('Order.ck_a')).toMatchObject({ jobId: expect.any(Number) })
    expect(of('analyze:Item, Order')).not.toHaveProperty('jobId')
    expect(run.said).toContainEqual(expect.stringMatching(/^4 steps took .*; the longest: apply:/))
    expect(run.said.filter((line) => line.startsWith('step 1 of 4'))).toEqual([])
  })

  test('has nothing to do the second time, and sends no DDL', async () => {
    await using target = await openTarget()
    await applyAll(target.newRun())
    const [job, second] = [await target.newestJob(), target.newRun()]
    expect(await applyAll(second)).toEqual([])
    expect(second.states()).toEqual([...indexIds, ...constraintIds].map((id) => `already ${id}`))
    expect(await target.newestJob()).toBe(job)
  })

  test('adds only the rest where some is there, by whatever case', async () => {
    await using target = await openTarget(`
ALTER TABLE \`ORDER\` ADD INDEX K_A (A);
ANALYZE TABLE \`Order\`;
ALTER TABLE Item ADD CONSTRAINT CK_ITEM CHECK (A < Y);
`)
    const run = target.newRun()
    const done = await applyAll(run)
    expect(done.map(({ id }) => id)).not.toContain('apply:index:Order.k_a')
    expect(run.states().filter((state) => state.startsWith('already'))).toEqual([
      'already apply:index:Order.k_a',
      'already apply:switch:tidb_enable_check_constraint',
      'already apply:constraint:Item.ck_item',
    ])
    expect(done).toHaveLength(7)
    expect(await missingIn(target)).toEqual([])
  })

  test.each([
    ['an index', 'ALTER TABLE Item ADD INDEX k_item (y, a);\n', applyIndexes],
    ['a constraint', 'ALTER TABLE NoKey ADD CONSTRAINT ck_none CHECK ((a <> 14));\n', applyIndexes],
    [
      'a constraint of Part B',
      'ALTER TABLE `Order` ADD CONSTRAINT ck_a CHECK ((a > 0)) NOT ENFORCED;\n',
      undefined,
    ],
  ])('changes nothing where %s is different', async (_, more, part) => {
    await using target = await openTarget(`UPDATE \`Order\` SET a = 1;\n${more}`)
    const [run, before, job] = [target.newRun(), await target.snapshot(), await target.newestJob()]
    const applied =
      part === undefined
        ? applyConstraints(run.runner, lock, [], 'apply')
        : part(run.runner, lock, [], 'apply')
    const { code, message } = await rejectionOf(applied)
    expect(code).toBe('SCHEMA_DIFFERENT')
    expect(message).toMatch(/1 of the lock's names are taken[\s\S]*wanted [\s\S]*found /)
    expect(run.states()).toEqual([])
    expect(describeChanges(before, await target.snapshot())).toEqual([])
    expect(await target.newestJob()).toBe(job)
  })

  test.each([
    ['for the first time', ''],
    ['after a rollback', 'ANALYZE TABLE `Order`;\nALTER TABLE `Order` DROP INDEX k_a;\n'],
  ])('plans ANALYZE when a run was killed between the index and ANALYZE, %s', async (_, before) => {
    const index = 'ALTER TABLE `Order` ADD INDEX k_a (a);\n'
    await using target = await openTarget(before === '' ? index : `${index}${before}${index}`)
    const { runner } = target.newRun()
    const one = await lockOf(baseline, index)
    const done = await applyIndexes(runner, one, [], 'apply')
    expect(idsOf(done)).toEqual(['apply:analyze:Order'])
    expect(await applyIndexes(runner, one, [], 'apply')).toEqual([])
  })

  test('analyzes an empty table and a partitioned one once', async () => {
    const tables =
      'CREATE TABLE Bare (a INT);\nCREATE TABLE Parts (a INT) PARTITION BY HASH (a) PARTITIONS 2;\n'
    const own = await lockOf(tables, 'CREATE INDEX k ON Bare (a);\nCREATE INDEX k ON Parts (a);\n')
    await using target = await openTarget(tables)
    expect(await applyIndexes(target.newRun().runner, own, [], 'apply')).toHaveLength(3)
    expect(await applyIndexes(target.newRun().runner, own, [], 'apply')).toEqual([])
  })

  test('waits for a DDL job that is left over', async () => {
    await using target = await openTarget()
    await using reader = await openWriteSession(target.server)
    await using watcher = await openWriteSession(target.server)
    // An open transaction holds the table, so the job cannot end before it.
    await reader.script('BEGIN; SELECT * FROM Item')
    const left = target.session.run('ALTER TABLE Item ADD INDEX k_item (a, y) INVISIBLE')
    const run = target.newRun()
    await expect.poll(() => unfinishedJobs(watcher), { timeout: 10_000 }).toHaveLength(1)
    const applied = applyIndexes(run.runner, lock, [], 'apply')
    await expect
      .poll(() => run.said, { timeout: 10_000 })
      .toContainEqual(expect.stringMatching(/^waiting for DDL job \d+ on item \(add index/))
    expect(run.states()).toEqual([])
    await reader.script('COMMIT')
    await left
    expect((await applied).map(({ id }) => id)).not.toContain('apply:index:Item.k_item')
    expect(await missingIn(target)).toEqual(['Item.ck_item', 'NoKey.ck_none', 'Order.ck_a', 'Order.ck`off'])
  })

  test('two at once leave nothing half-made in silence', async () => {
    await using target = await openTarget()
    const runs = [target.newRun(), target.newRun()]
    const parts = [applyIndexes, applyConstraints]
    for (const part of parts) {
      const results = await Promise.allSettled(runs.map(({ runner }) => part(runner, lock, [], 'apply')))
      const failures = results.flatMap((result) =>
        result.status === 'rejected' ? [String(result.reason)] : [],
      )
      expect(failures.filter((text) => !/STEP_FAILED/.test(text))).toEqual([])
      const kind = part === applyIndexes ? /k_/ : /ck_/
      const missing = (await missingIn(target)).filter((name) => kind.test(name.split('.')[1] ?? ''))
      // What is missing, somebody was told of.
      expect(failures.length > 0 || missing.length === 0, missing.join()).toBe(true)
      await part(target.newRun().runner, lock, [], 'apply')
    }
    expect(await missingIn(target)).toEqual([])
    await target.session.run('ADMIN CHECK TABLE `Order`, Item, NoKey')
  })
})
