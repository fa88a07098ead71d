import { expect, test } from 'vitest'
import { z } from 'zod'
import { withDatabase } from '../../drills/support/test-server.ts'
import { openWriteSession } from '../core/server/write-session.ts'
import { assertRunnerLease, takeRunnerLease } from './runner-lease.ts'

const holders = z.object({ id: z.coerce.string() })

const open = async () => {
  const { address, server, [Symbol.asyncDispose]: drop } = await withDatabase('Runner')
  const session = await openWriteSession(server)
  const connections = async (mark: string) => {
    const sql = `SELECT ID AS id FROM information_schema.processlist WHERE INFO LIKE 'SELECT SLEEP%' AND INFO LIKE ?`
    return (await session.rows(holders, sql, [`%${mark}%`])).map(({ id }) => id)
  }
  const untilSeen = async (mark: string) => {
    let seen: string[] = []
    const look = async () => {
      seen = await connections(mark)
      return seen
    }
    await expect.poll(look, { timeout: 10_000 }).toHaveLength(1)
    return seen
  }
  return {
    address,
    session,
    connections,
    untilSeen,
    [Symbol.asyncDispose]: async () => {
      await session[Symbol.asyncDispose]()
      await drop()
    },
  }
}

test('a second runner is told who holds the lock; it is free once the first has ended', async () => {
  await using target = await open()
  const first = await takeRunnerLease(target, () => {})
  await expect(takeRunnerLease(target, () => {})).rejects.toThrow(
    /ANOTHER_RUNNER: The cluster of Runner_\w+ is in the hands of .* pid \d+ on Runner_\w+ since \d{4}-\S+Z, connection \d+ of root/,
  )
  await assertRunnerLease(target.session, first)
  await first[Symbol.asyncDispose]()
  await expect.poll(() => target.connections(first.mark), { timeout: 10_000 }).toEqual([])
  await expect(assertRunnerLease(target.session, first)).rejects.toThrow(/RUNNER_LOCK_LOST/)
  await using _second = await takeRunnerLease(target, () => {})
})

test('it moves to a new connection before an old one would be cut, and stays held', async () => {
  await using target = await open()
  const lost: string[] = []
  await using lease = await takeRunnerLease(target, (why) => lost.push(why), { renewMs: 5_000 })
  const before = await target.untilSeen(lease.mark)
  await expect
    .poll(() => target.connections(lease.mark), { timeout: 20_000 })
    .not.toSatisfy((now: string[]) => now.length === 0 || now[0] === before[0])
  await assertRunnerLease(target.session, lease)
  const { got } = await target.session.ask(z.object({ got: z.number() }), 'SELECT GET_LOCK(?, 0) AS got', [
    lease.name,
  ])
  expect([got, lost]).toEqual([0, []])
})

test('a connection that is cut is a lost lock', async () => {
  await using target = await open()
  const lost: string[] = []
  await using lease = await takeRunnerLease(target, (why) => lost.push(why))
  const [connection] = await target.untilSeen(lease.mark)
  await target.session.run(`KILL ${connection}`)
  await expect.poll(() => target.connections(lease.mark), { timeout: 10_000 }).toEqual([])
  await expect(assertRunnerLease(target.session, lease)).rejects.toThrow(
    /RUNNER_LOCK_LOST[\s\S]*next: Run again/,
  )
  expect(lost).toHaveLength(1)
})
