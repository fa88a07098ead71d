import { afterAll, beforeAll, describe, expect, test } from 'vitest'
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
let applyMs = 0
let stepsOfApply = 0
const counts = { runKilled: 0, serverKilled: 0, finished: 0, atSteps: [] as number[] }
const damages: string[] = []

/** True from a random moment between the first step and the last of an apply on; on a slow first run too. */
const atRandom = (): (() => boolean) => {
  const delay = Math.random() * applyMs
  let firstStepAt: number | undefined
  return () => {
    if (firstStepAt === undefined && fixture.stepsSent() > 0) firstStepAt = performance.now()
    if (firstStepAt === undefined) return false
    return performance.now() - firstStepAt >= delay || fixture.stepsSent() >= stepsOfApply
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
const killServer = async (): Promise<string[]> => {
  const when = atRandom()
  let hasEnded = false
  const running = fixture.run('apply').finally(() => {
    hasEnded = true
  })
  await until('the moment to kill the server', () => hasEnded || when(), slow.timeout)
  if (hasEnded) throw new Error(`the apply ended before the server was killed:\n${(await running).tail}`)
  fixture.killServer()
  const cut = await running
  expect(cut.exitCode).not.toBe(0)
  await fixture.startServerAgain()
  return fixture.damaged()
}

beforeAll(async () => {
  fixture = await startKillFixture()
  baseline = await fixture.state()
  const applied = await fixture.run('apply')
  expect(applied.red, applied.tail).toEqual([])
  applyMs =
    applied.summary?.timings
      .filter(({ part }) => /^0[45]/.test(part))
      .reduce((sum, { durationMs }) => sum + durationMs, 0) ?? 0
  stepsOfApply = fixture.stepsSent()
  undisturbed = await fixture.state()
  await expectRolledBack()
})

afterAll(async () => {
  await fixture[Symbol.asyncDispose]()
  console.log(
    `  apply takes ${(applyMs / 1000).toFixed(1)} s from its first step. Killed: the run ${counts.runKilled} times, the server ${counts.serverKilled} times,\n  with ${counts.atSteps.join(', ')} steps sent. The next run finished ${counts.finished} of ${counts.runKilled + counts.serverKilled} times, with schema and rows as undisturbed.`,
  )
  for (const damage of damages)
    console.log(`  Once more the server was killed and lost a part of a transaction of its own: ${damage}.`)
})

describe('the run is killed with SIGKILL', () => {
  test.for(Array.from({ length: killsOfRun }, (_, at) => at + 1))('time %i', async () => {
    const killed = await fixture.run('apply', atRandom())
    counts.runKilled++
    counts.atSteps.push(fixture.stepsSent())
    expect(killed.exitCode).not.toBe(0)
    await expectFinished()
  })
})

describe('the server is killed with SIGKILL and started again', () => {
  test.for(Array.from({ length: killsOfServer }, (_, at) => at + 1))('time %i', slow, async () => {
    const before = damages.length
    let damaged = await killServer()
    // The embedded store keeps the locks of a transaction in memory only, so a kill can leave half of one behind, in
    // the statistics for one: ANALYZE is refused for ever (8133), or a histogram has lost its buckets and a query takes
    // a full scan. TiKV cannot; such a kill proves nothing, and is done again.
    while (damaged.length > 0) {
      damages.push(damaged.join(', '))
      expect(damages.length - before, `damaged: ${damages.join('; ')}`).toBeLessThanOrEqual(damagesAtMost)
      await fixture[Symbol.asyncDispose]()
      fixture = await startKillFixture()
      expect(await fixture.state()).toEqual(baseline)
      damaged = await killServer()
    }
    counts.serverKilled++
    counts.atSteps.push(fixture.stepsSent())
    await expectFinished()
  })
})
