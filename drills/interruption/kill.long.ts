import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type KillWorld, startKillWorld } from '../support/kill-world.ts'

const killsOfRun = 20
const killsOfServer = 5
const damagesAtMost = 3
// Each damage is a server and an apply more.
const slow = { timeout: 600_000 }

let world: KillWorld
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
    if (firstStepAt === undefined && world.stepsSent() > 0) firstStepAt = performance.now()
    if (firstStepAt === undefined) return false
    return performance.now() - firstStepAt >= delay || world.stepsSent() >= stepsOfApply
  }
}

const expectRolledBack = async () => {
  const back = await world.run('rollback')
  expect(back.red, back.tail).toEqual([])
  expect(await world.state()).toEqual(baseline)
}

/** The next run finishes, to the very state of an undisturbed one; then a rollback to the very state of before. */
const expectFinished = async () => {
  const next = await world.run('apply')
  expect(next.red, next.tail).toEqual([])
  expect(await world.state()).toEqual(undisturbed)
  await expectRolledBack()
  counts.finished++
}

/** Kills the server in the middle of an apply and starts it again. Returns what it damaged by that. */
const killServer = async (): Promise<string[]> => {
  const when = atRandom()
  let hasEnded = false
  const running = world.run('apply').finally(() => {
    hasEnded = true
  })
  while (!hasEnded && !when()) await sleep(10)
  if (hasEnded) throw new Error(`the apply ended before the server was killed:\n${(await running).tail}`)
  world.killServer()
  const cut = await running
  expect(cut.exitCode).not.toBe(0)
  await world.startServerAgain()
  return world.damaged()
}

beforeAll(async () => {
  world = await startKillWorld()
  baseline = await world.state()
  const applied = await world.run('apply')
  expect(applied.red, applied.tail).toEqual([])
  applyMs =
    applied.summary?.timings
      .filter(({ part }) => /^0[45]/.test(part))
      .reduce((sum, { durationMs }) => sum + durationMs, 0) ?? 0
  stepsOfApply = world.stepsSent()
  undisturbed = await world.state()
  await expectRolledBack()
})

afterAll(async () => {
  await world[Symbol.asyncDispose]()
  console.log(
    `  apply takes ${(applyMs / 1000).toFixed(1)} s from its first step. Killed: the run ${counts.runKilled} times, the server ${counts.serverKilled} times,\n  with ${counts.atSteps.join(', ')} steps sent. The next run finished ${counts.finished} of ${counts.runKilled + counts.serverKilled} times, with schema and rows as undisturbed.`,
  )
  for (const damage of damages)
    console.log(`  Once more the server was killed and lost a part of a transaction of its own: ${damage}.`)
})

describe('the run is killed with SIGKILL', () => {
  test.for(Array.from({ length: killsOfRun }, (_, at) => at + 1))('time %i', async () => {
    const killed = await world.run('apply', atRandom())
    counts.runKilled++
    counts.atSteps.push(world.stepsSent())
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
      await world[Symbol.asyncDispose]()
      world = await startKillWorld()
      expect(await world.state()).toEqual(baseline)
      damaged = await killServer()
    }
    counts.serverKilled++
    counts.atSteps.push(world.stepsSent())
    await expectFinished()
  })
})
