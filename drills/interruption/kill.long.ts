import { randomInt } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createRandom } from '../../helpers/migrate/data/random.ts'
import { type KillFixture, startKillFixture } from '../support/kill-fixture.ts'
import { until } from '../support/until.ts'

const killsOfRun = 20
const killsOfServer = 5
const damagesAtMost = 3
// Each damage is a server and an apply more.
const slow = { timeout: 600_000 }

let fixture: KillFixture
let undisturbed: unknown
let baseline: unknown
let stepsOfApply = 0
let msOfStep = 0
// Printed, so that the same moments can be tried again: KILL_SEED=<seed> npm run drill:kill
const seed = Number(process.env['KILL_SEED'] ?? randomInt(2 ** 32))
const counts = { runKilled: 0, serverKilled: 0, finished: 0, atSteps: [] as number[] }
const damages: string[] = []

/** True from a random moment on: some ms after one of the steps of apply was sent. */
const atRandom = (time: string): (() => boolean) => {
  const random = createRandom(seed, time)
  const step = random.int(1, stepsOfApply)
  const delayMs = random.int(0, 2 * msOfStep)
  let sentAt: number | undefined
  return () => {
    if (sentAt === undefined && fixture.stepsSent() >= step) sentAt = performance.now()
    return sentAt !== undefined && performance.now() - sentAt >= delayMs
  }
}

const expectRolledBack = async () => {
  const back = await fixture.run('rollback')
  expect(back.red, back.tail).toEqual([])
  expect(await fixture.state()).toEqual(baseline)
}

/** The next run finishes, to the very state of an undisturbed one; then a rollback to the very state of before. */
const expectFinished = async () => {
  const next = await fixture.run('apply')
  expect(next.red, next.tail).toEqual([])
  expect(await fixture.state()).toEqual(undisturbed)
  await expectRolledBack()
  counts.finished++
}

/** Kills the server in the middle of an apply and starts it again. Returns what it damaged by that. */
const killServer = async (time: string): Promise<string[]> => {
  const when = atRandom(time)
  let hasEnded = false
  const running = fixture.run('apply').finally(() => {
    hasEnded = true
  })
  await until('the moment to kill the server', () => hasEnded || when(), slow.timeout)
  if (hasEnded) throw new Error(`the apply ended before the server was killed:\n${(await running).tail}`)
  fixture.killServer()
  const cut = await running
  expect(cut.exitCode, cut.tail).not.toBe(0)
  await fixture.startServerAgain()
  return fixture.damaged()
}

beforeAll(async () => {
  fixture = await startKillFixture()
  baseline = await fixture.state()
  const applied = await fixture.run('apply')
  expect(applied.red, applied.tail).toEqual([])
  stepsOfApply = fixture.stepsSent()
  const spentMs = applied.summary?.steps.reduce((sum, { durationMs = 0 }) => sum + durationMs, 0) ?? 0
  msOfStep = Math.ceil(spentMs / stepsOfApply)
  undisturbed = await fixture.state()
  await expectRolledBack()
})

afterAll(async () => {
  await fixture[Symbol.asyncDispose]()
  console.log(
    `  apply has ${stepsOfApply} steps of ${msOfStep} ms. KILL_SEED=${seed}. Killed: the run ${counts.runKilled} times, the server ${counts.serverKilled} times,\n  with ${counts.atSteps.join(', ')} steps sent. The next run finished ${counts.finished} of ${counts.runKilled + counts.serverKilled} times, with schema and rows as undisturbed.`,
  )
  for (const damage of damages)
    console.log(`  Once more the server was killed and lost a part of a transaction of its own: ${damage}.`)
})

// A time that failed must not decide the next one.
afterEach(async ({ task }) => {
  if (task.result?.state !== 'fail') return
  if (!(await fixture.isUp())) await fixture.startServerAgain()
  await fixture.run('rollback')
})

describe('the run is killed with SIGKILL', () => {
  test.for(Array.from({ length: killsOfRun }, (_, at) => at + 1))('time %i', async (time) => {
    const killed = await fixture.run('apply', atRandom(`run ${time}`))
    counts.runKilled++
    counts.atSteps.push(fixture.stepsSent())
    expect(killed.exitCode, killed.tail).not.toBe(0)
    await expectFinished()
  })
})

describe('the server is killed with SIGKILL and started again', () => {
  test.for(Array.from({ length: killsOfServer }, (_, at) => at + 1))('time %i', slow, async (time) => {
    const before = damages.length
    let damaged = await killServer(`server ${time}`)
    // The embedded store keeps the locks of a transaction in memory only, so a kill can leave half of one behind, in
    // the statistics for one: ANALYZE is refused for ever (8133), or a histogram has lost its buckets and a query takes
    // a full scan. TiKV cannot; such a kill proves nothing, and is done again.
    while (damaged.length > 0) {
      damages.push(damaged.join(', '))
      expect(damages.length - before, `damaged: ${damages.join('; ')}`).toBeLessThanOrEqual(damagesAtMost)
      await fixture[Symbol.asyncDispose]()
      fixture = await startKillFixture()
      expect(await fixture.state()).toEqual(baseline)
      damaged = await killServer(`server ${time}, again ${damages.length}`)
    }
    counts.serverKilled++
    counts.atSteps.push(fixture.stepsSent())
    await expectFinished()
  })
})
