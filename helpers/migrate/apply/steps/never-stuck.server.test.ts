import { beforeAll, describe, expect, test } from 'vitest'
import { hold, jobsOf, throughProxy, untilRunning } from '../../../../drills/support/held-tables.ts'
import { adds, baseline, openTarget } from '../../../../drills/support/test-apply.ts'
import { lockOf, rejectionOf } from '../../../../drills/support/test-migration.ts'
import { describeChanges } from '../../../core/schema/changes.ts'
import type { Lock } from '../../lock/lock.ts'
import { applyConstraints, applyIndexes } from '../apply.ts'
import { unfinishedJobs } from '../jobs/ddl-jobs.ts'
import { rollBack } from '../rollback.ts'

let lock: Lock
beforeAll(async () => {
  lock = await lockOf(baseline, adds)
})

const statement = 'ALTER TABLE `Item` ADD KEY `k_item`%'
// One at a time, so that a cut meets no other statement on its way to the server.
describe('a connection that is cut while a statement runs', () => {
  test('is opened again, and the run goes on with the job that the server still has', async () => {
    await using target = await openTarget()
    const { proxy, run, runner } = await throughProxy(target)
    await using _proxy = proxy
    await using other = await hold(target, "UPDATE Item SET a = 2 WHERE x = 'a' AND y = 5")
    const applied = applyIndexes({ ...runner, connections: 1 }, lock, [], 'apply')
    await untilRunning(target, 'item')
    proxy.cut()
    await expect
      .poll(() => run.said, { timeout: 20_000 })
      .toContainEqual(expect.stringMatching(/connecting again/))
    await other.run('ROLLBACK')
    const done = await applied
    expect(done.find(({ id }) => id === 'apply:index:Item.k_item')).toMatchObject({
      status: 'done',
      reattached: true,
      jobId: expect.any(Number),
    })
    expect(await jobsOf(target, statement)).toEqual([{ state: 'synced' }])
    expect(run.states()).toContain('cut apply:index:Item.k_item')
  })

  test('and that nobody cuts, but lets nothing through: its step ends when the job is gone', async () => {
    await using target = await openTarget()
    const { proxy, run, runner } = await throughProxy(target)
    await using _proxy = proxy
    await using other = await hold(target, "UPDATE Item SET a = 2 WHERE x = 'a' AND y = 5")
    const one = { ...lock, adds: { ...lock.adds, indexes: lock.adds.indexes.slice(0, 1) } }
    const applied = applyIndexes({ ...runner, connections: 1 }, one, [], 'apply')
    await untilRunning(target, 'item')
    proxy.hold()
    await other.run('ROLLBACK')
    const done = await applied
    expect(done.find(({ id }) => id === 'apply:index:Item.k_item')).toMatchObject({ reattached: true })
    expect(run.states()).toContain('cut apply:index:Item.k_item')
    expect(await jobsOf(target, statement)).toEqual([{ state: 'synced' }])
  }, 120_000)

  test('a constraint is settled the same way', async () => {
    await using target = await openTarget()
    const { proxy, runner } = await throughProxy(target)
    await using _proxy = proxy
    await using other = await hold(target, 'UPDATE NoKey SET a = 2 WHERE a = 1')
    const applied = applyConstraints({ ...runner, connections: 1 }, lock, [], 'apply')
    await untilRunning(target, 'nokey')
    proxy.cut()
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    await other.run('ROLLBACK')
    const done = await applied
    expect(done.find(({ id }) => id === 'apply:constraint:NoKey.ck_none')).toMatchObject({ reattached: true })
    expect(await jobsOf(target, '%ck_none%')).toEqual([{ state: 'synced' }])
  })

  test('a statement that never came to the server is left to the next run, which finishes', async () => {
    await using target = await openTarget()
    const { proxy, run, runner } = await throughProxy(target)
    await using _proxy = proxy
    const log = run.runner.run.append.bind(run.runner.run)
    run.runner.run.append = (file, line) => {
      log(file, line)
      if (run.states().at(-1) !== 'running apply:index:Item.k_item') return
      proxy.hold()
      setTimeout(() => proxy.cut(), 200)
    }
    const { code, message } = await rejectionOf(
      applyIndexes({ ...runner, connections: 1 }, lock, [], 'apply'),
    )
    expect(code).toBe('STEP_FAILED')
    expect(message).toMatch(/The connection was cut .* holds neither a job of this statement nor/)
    const next = target.newRun()
    const done = await applyIndexes(next.runner, lock, [], 'apply')
    expect(done.map(({ id }) => id)).toContain('apply:index:Item.k_item')
    expect(await jobsOf(target, statement)).toEqual([{ state: 'synced' }])
  })

  test('a line that is cut again and again within one step ends the run', async () => {
    await using target = await openTarget()
    const { proxy, run, runner } = await throughProxy(target)
    await using _proxy = proxy
    await using other = await hold(target, "UPDATE Item SET a = 2 WHERE x = 'a' AND y = 5")
    let isCut = false
    const say = (line: string) => {
      run.runner.say(line)
      if (/connecting again/.test(line)) isCut = true
      // The new connection has found the job by now.
      if (!isCut || !/waiting for DDL job/.test(line)) return
      isCut = false
      proxy.cut()
    }
    const failure = rejectionOf(applyIndexes({ ...runner, connections: 1, say }, lock, [], 'apply'))
    await untilRunning(target, 'item')
    proxy.cut()
    const { code, message } = await failure
    expect(code).toBe('STEP_FAILED')
    expect(message).toMatch(/The connection was cut 6 times during this step/)
    expect(run.said.filter((line) => /connecting again/.test(line))).toHaveLength(5)
    await other.run('ROLLBACK')
  })

  test('a job that was cancelled meanwhile is a failed step, and is not sent again', async () => {
    await using target = await openTarget()
    const { proxy, run, runner } = await throughProxy(target)
    await using _proxy = proxy
    await using other = await hold(target, "UPDATE Item SET a = 2 WHERE x = 'a' AND y = 5")
    const failure = rejectionOf(applyIndexes({ ...runner, connections: 1 }, lock, [], 'apply'))
    await untilRunning(target, 'item')
    proxy.cut()
    const [job] = (await unfinishedJobs(target.session)).filter(({ table }) => table === 'item')
    await expect
      .poll(() => run.said, { timeout: 20_000 })
      .toContainEqual(expect.stringMatching(/connecting again/))
    await target.session.script(`ADMIN CANCEL DDL JOBS ${job?.jobId}`)
    await other.run('ROLLBACK')
    const { code, message } = await failure
    expect(code).toBe('STEP_FAILED')
    expect(message).toMatch(/The connection was cut .* holds neither a job of this statement nor/)
    // Cancelled before its first state or after it.
    expect(await jobsOf(target, statement)).toEqual([
      { state: expect.stringMatching(/^(cancelled|rollback done)$/) },
    ])
  })
})

test('a rollback goes on when its idle connections were cut while a step waited', async () => {
  await using target = await openTarget()
  const { proxy, run, runner: several } = await throughProxy(target)
  // The server takes on a second statement while the first one waits, and the cut would meet it on its way.
  const runner = { ...several, connections: 1 }
  await using _proxy = proxy
  const before = await target.snapshot()
  await applyIndexes(runner, lock, [], 'apply')
  await applyConstraints(runner, lock, [], 'apply')
  await using other = await hold(target, "UPDATE Item SET a = 2 WHERE x = 'a' AND y = 5")
  const rolledBack = rollBack(runner, lock, true)
  await untilRunning(target, 'item')
  proxy.cut()
  await expect
    .poll(() => run.said, { timeout: 20_000 })
    .toContainEqual(expect.stringMatching(/connecting again/))
  await other.run('ROLLBACK')
  expect((await rolledBack).filter(({ status }) => status !== 'done')).toEqual([])
  expect(describeChanges(before, await target.snapshot())).toEqual([])
})
