import { describe, expect, test } from 'vitest'
import { claimsOf } from './claims.ts'
import { tooFarAway } from './failures.ts'
import { comparePairs, type TimedPair } from './pairs.ts'
import type { BenchmarkRecord } from './record.ts'
import type { Subject } from './subjects.ts'
import { changeOf, describeReduction, isSlowerThanBefore, reductionOf } from './verdict.ts'

const tolerance = { percent: 20, ms: 1 }
/** 20 pairs around these times in ms, a hundredth apart. */
const pairs = (as: number, without: number): TimedPair[] =>
  Array.from({ length: 20 }, (_, n): TimedPair => [as * (1 + (n % 5) / 100), without * (1 + (n % 3) / 100)])
const change = (as: number, without: number) => changeOf(comparePairs(pairs(as, without)), tolerance)

describe('a query is', () => {
  test.each<[string, number, number, string]>([
    ['a fifth of the time', 2, 10, 'faster'],
    ['a tenth less', 9, 10, 'faster'],
    ['the same', 10, 10, 'as before'],
    ['a little more than before', 11, 10, 'as before'],
    ['half again as much', 15, 10, 'slower'],
    ['twice as much, but by less than a ms', 1, 0.5, 'as before'],
    ['many ms more, but by a few percent', 1050, 1000, 'as before'],
  ])('%s: %d ms with, %d ms without is %s', (_, as, without, wanted) => {
    expect(change(as, without)).toBe(wanted)
  })

  test('neither, when half of the pairs say this and half that', () => {
    const torn = pairs(10, 10).map(([a, b], n): TimedPair => (n % 2 === 0 ? [a * 3, b] : [a, b * 3]))
    expect(changeOf(comparePairs(torn), tolerance)).toBe('as before')
  })
})

test('a reduction is told with its interval', () => {
  const reduction = reductionOf(comparePairs(pairs(2, 10)))
  expect(reduction.percent).toBeCloseTo(80, 0)
  expect(describeReduction(reduction)).toMatch(/^80 % \(80 % to 80 %\)$|^80 % \(79 % to 80 %\)$/)
  expect(describeReduction(reductionOf(comparePairs(pairs(2, 10).slice(0, 3))))).toMatch(
    / % \(unknown to 100 %\)$/,
  )
})

describe('a promise of the guide', () => {
  const subject: Subject = {
    id: 'search',
    title: 'a search',
    limitMs: 50,
    reduction: { from: 50, to: 80 },
    leastReduction: undefined,
    bind: async () => ({ sql: 'SELECT 1', values: [] }),
  }
  const times = { samples: 20, p50: 9, p95: 10, p99: 11, spread: 1 }
  const record = (changes: Partial<BenchmarkRecord>): BenchmarkRecord => ({
    id: 'search',
    title: 'a search',
    before: { ...times, p95: 30 },
    after: times,
    uses: [],
    change: 'faster',
    status: 'passed',
    ...changes,
  })
  const reduction = (percent: number, low: number, high: number) => ({
    reduction: { percent, low, high },
    pairs: 20,
  })

  test.each<[string, Partial<BenchmarkRecord>, string, RegExp]>([
    ['kept', reduction(60, 55, 65), 'held', /^60 % \(55 % to 65 %\) in 20 pairs$/],
    ['more than kept', reduction(90, 85, 95), 'held', /, more than claimed$/],
    ['kept in part', reduction(30, 20, 40), 'refuted', /^30 %/],
    ['not proven', { ...reduction(60, -5, 80), change: 'as before' }, 'refuted', /^60 % \(-5 % to 80 %\)/],
    ['broken', { ...reduction(-60, -80, -30), change: 'slower' }, 'refuted', /^-60 %/],
    [
      'of an index that the plan does not use',
      { change: 'no new index' },
      'refuted',
      /uses no new index; p50 was 9 ms/,
    ],
    [
      'of what only a rehearsal compares',
      { change: 'not compared' },
      'unchecked',
      /both sides were not run in pairs; p50 was/,
    ],
  ])('%s', (_, changes, verdict, measured) => {
    const claims = claimsOf(subject, record(changes))
    expect(claims[0]).toMatchObject({
      verdict: 'held',
      measured: 'p95 is 10 ms over 20 executions; before it was 30 ms',
    })
    expect(claims[1]).toMatchObject({
      claim: 'search takes 50 to 80 % less time',
      verdict,
      measured: expect.stringMatching(measured),
    })
  })

  test('of a limit is not judged through a wire that is too long', () => {
    const [after, way] = [
      { ...times, p95: 70 },
      { ...times, p50: 31, p95: 90 },
    ]
    expect(tooFarAway(subject, after, way)).toBe(
      'could not check: p95 is 70 ms, but the way to the server and back alone takes 31 ms; the limit is 50 ms',
    )
    expect(tooFarAway(subject, { ...after, p95: 81 }, way)).toBeUndefined()
    const [claim] = claimsOf(subject, record({ after, status: 'unchecked' }))
    expect(claim).toMatchObject({ verdict: 'unchecked' })
  })

  test('of a limit is refuted at the limit itself', () => {
    const [claim] = claimsOf(subject, record({ after: { ...times, p95: 50 } }))
    expect(claim).toMatchObject({ claim: 'search takes less than 50 ms at p95', verdict: 'refuted' })
  })
})

describe('without pairs, slower than before is', () => {
  const tolerance = { percent: 20, ms: 1 }
  const at = (p50: number, spread = 0) => ({ samples: 20, p50, p95: p50, p99: p50, spread })
  test.each([
    [at(50), at(142), true],
    [at(50), at(60), false],
    [at(50), at(61), true],
    [at(1), at(1.9), false],
    [at(50, 40), at(85, 40), false],
    [at(142), at(50), false],
  ])('%j to %j: %s', (before, after, isSlower) => {
    expect(isSlowerThanBefore(before, after, tolerance)).toBe(isSlower)
  })
})
