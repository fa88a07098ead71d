import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { passOf, writeTestPass } from '../support/pass.ts'
import { type StandIn, startStandIn } from '../support/stand-in.ts'

let prod: StandIn

beforeAll(async () => {
  prod = await startStandIn()
})
beforeEach(() => writeTestPass(prod.reports))
afterAll(async () => prod[Symbol.asyncDispose]())

const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString()

// gate.drill.ts has one of each kind, and the tests of helpers/gate have all of them without the suite around.
test.for<[string, object, Record<string, string>, RegExp]>([
  ['a pass of eight days ago', passOf({ rehearsedAt: daysAgo(8) }), {}, /PASS_TOO_OLD/],
  ['a pass of another lock', passOf({ lockHash: 'f00' }), {}, /PASS_OF_ANOTHER_LOCK/],
  ['a pass of another release', passOf({ releaseLine: '8.5' }), {}, /PASS_OF_ANOTHER_RELEASE/],
  ['a pass that left something out', passOf({ except: ['Seat.x'] }), {}, /PASS_WITH_EXCEPTIONS/],
  ['a CONFIRM for another database', passOf(), { CONFIRM: 'shop' }, /NOT_CONFIRMED: CONFIRM names shop/],
])('%s is refused, and nothing is changed', async ([, pass, variables, says]) => {
  const before = await prod.schema()
  await writeTestPass(prod.reports, pass)
  const outcome = await prod.apply(variables)
  expect(outcome.exitCode, outcome.tail).not.toBe(0)
  expect(outcome.output).toMatch(says)
  expect(await prod.schema()).toEqual(before)
})

test.for<[string, string[], RegExp]>([
  ['parallel files', ['--fileParallelism', '--maxWorkers=2'], /RUN_NOT_STRAIGHT[\s\S]*--fileParallelism/],
  ['a shard', ['--shard=1/2'], /RUN_NOT_STRAIGHT[\s\S]*--shard/],
  ['checks side by side', ['--sequence.concurrent'], /RUN_NOT_STRAIGHT[\s\S]*--sequence.concurrent/],
  ['Part B alone', ['specs/05-constraints'], /SECTION_MISSING/],
])('%s is no way round', async ([, args, says]) => {
  const before = await prod.schema()
  const outcome = await prod.apply({}, args)
  expect(outcome.output).toMatch(says)
  expect(outcome.exitCode).not.toBe(0)
  expect(await prod.schema()).toEqual(before)
})
