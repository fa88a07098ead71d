import { beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { startProxy } from '../../../../drills/support/proxy.ts'
import { adds, baseline, openTarget, type TestTarget } from '../../../../drills/support/test-apply.ts'
import { lockOf, rejectionOf } from '../../../../drills/support/test-migration.ts'
import { describeChanges } from '../../../core/schema/changes.ts'
import type { WriteSession } from '../../../core/server/session.ts'
import { openWriteSession } from '../../../core/server/write-session.ts'
import type { Lock } from '../../lock/lock.ts'
import { applyConstraints, applyIndexes } from '../apply.ts'
import { unfinishedJobs } from '../jobs/ddl-jobs.ts'
import { rollBack } from '../rollback.ts'

let lock: Lock
beforeAll(async () => {
  lock = await lockOf(baseline, adds)
})

const statement = 'ALTER TABLE `Item` ADD KEY `k_item`%'
const jobsOf = async ({ session }: TestTarget, like: string) =>
  session.rows(
    z.object({ state: z.string() }),
    'SELECT STATE AS state FROM information_schema.ddl_jobs WHERE LOWER(DB_NAME) = LOWER(DATABASE()) AND QUERY LIKE ?',
    [like],
  )

/** A transaction of somebody else that holds a table, so that its DDL has to wait. */
const hold = async ({ server }: TestTarget, write: string): Promise<WriteSession> => {
  const other = await openWriteSession(server)
  await other.run('BEGIN')
  await other.run(write)
  return other
}

const untilRunning = ({ session }: TestTarget, table: string) =>
  expect
    .poll(async () => (await unfinishedJobs(session)).map((job) => job.table.toLowerCase()), {
      timeout: 20_000,
    })
    .toContain(table)

const throughProxy = async (target: TestTarget) => {
  const proxy = await startProxy(target.server.address.port)
  const run = target.newRun()
  const server = { ...target.server, address: { ...target.server.address, port: proxy.port } }
  return { proxy, run, runner: { ...run.runner, server } }
}

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

describe('a transaction that is open on the table', () => {
  test('is named, with user, host, age and what it ran; the step goes on when it ends, and keeps the name', async () => {
    await using target = await openTarget()
    const run = target.newRun()
    await using other = await hold(target, "UPDATE Item SET a = 2 WHERE x = 'a' AND y = 5")
    const applied = applyIndexes(run.runner, lock, [], 'apply')
    const blocked =
      /^DDL job \d+ on item is blocked by transaction \d+ of root from 127\.0\.0\.1:\d+ \(session \d+\), open since \S+ \S+ UTC, \d+ s, on Item: .*update `item`/
    await expect.poll(() => run.said, { timeout: 30_000 }).toContainEqual(expect.stringMatching(blocked))
    await other.run('ROLLBACK')
    await applied
    const step = run.steps().findLast(({ id }) => id === 'apply:index:Item.k_item')
    expect(step).toMatchObject({
      status: 'done',
      blockedBy: [expect.stringMatching(/^transaction \d+ of root/)],
    })
  })
})

describe('a DDL job of somebody else', () => {
  test('is waited for before the first step, with its progress', async () => {
    await using target = await openTarget()
    await using other = await hold(target, 'UPDATE NoKey SET a = 2 WHERE a = 1')
    await using somebody = await openWriteSession(target.server)
    const foreign = somebody.run("ALTER TABLE NoKey COMMENT = 'theirs'")
    await untilRunning(target, 'nokey')
    const run = target.newRun()
    const applied = applyIndexes(run.runner, lock, [], 'apply')
    await expect
      .poll(() => run.said, { timeout: 20_000 })
      .toContainEqual(expect.stringMatching(/^waiting for DDL job \d+ on nokey \(modify table comment, /))
    expect(run.states()).toEqual([])
    await other.run('ROLLBACK')
    await foreign
    expect((await applied).every(({ status }) => status === 'done')).toBe(true)
  })

  test('is waited for over a connection that is cut meanwhile', async () => {
    await using target = await openTarget()
    const { proxy, run, runner } = await throughProxy(target)
    await using _proxy = proxy
    await using other = await hold(target, 'UPDATE NoKey SET a = 2 WHERE a = 1')
    await using somebody = await openWriteSession(target.server)
    const foreign = somebody.run("ALTER TABLE NoKey COMMENT = 'theirs'")
    await untilRunning(target, 'nokey')
    const applied = applyIndexes(runner, lock, [], 'apply')
    await expect
      .poll(() => run.said, { timeout: 20_000 })
      .toContainEqual(expect.stringMatching(/^waiting for DDL job/))
    proxy.cut()
    await expect
      .poll(() => run.said, { timeout: 20_000 })
      .toContainEqual(expect.stringMatching(/while jobs were waited for .*connecting again/))
    await other.run('ROLLBACK')
    await foreign
    expect((await applied).every(({ status }) => status === 'done')).toBe(true)
  })

  test('that cancels ours by killing its connection is a failed step that says so; the next run finishes', async () => {
    await using target = await openTarget()
    await using other = await hold(target, "UPDATE Item SET a = 2 WHERE x = 'a' AND y = 5")
    const failure = rejectionOf(applyIndexes(target.newRun().runner, lock, [], 'apply'))
    await untilRunning(target, 'item')
    const found = await target.session.rows(
      z.object({ id: z.coerce.string() }),
      "SELECT ID AS id FROM information_schema.processlist WHERE INFO LIKE 'ALTER TABLE `Item` ADD KEY `k_item`%'",
    )
    await target.session.run(`KILL TIDB ${found[0]?.id}`)
    await expect.poll(() => jobsOf(target, statement), { timeout: 20_000 }).toEqual([{ state: 'cancelling' }])
    await other.run('ROLLBACK')
    expect((await failure).message).toMatch(
      /Cancelled DDL job\. Somebody cancelled its job[\s\S]*next: Run again/,
    )
    const done = await applyIndexes(target.newRun().runner, lock, [], 'apply')
    expect(done.map(({ id }) => id)).toContain('apply:index:Item.k_item')
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
