import { beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { hold, jobsOf, throughProxy, untilRunning } from '../../../../drills/support/held-tables.ts'
import { adds, baseline, openTarget } from '../../../../drills/support/test-apply.ts'
import { lockOf, rejectionOf } from '../../../../drills/support/test-migration.ts'
import { openWriteSession } from '../../../core/server/write-session.ts'
import type { Lock } from '../../lock/lock.ts'
import { applyIndexes } from '../apply.ts'

let lock: Lock
beforeAll(async () => {
  lock = await lockOf(baseline, adds)
})

const statement = 'ALTER TABLE `Item` ADD KEY `k_item`%'

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
