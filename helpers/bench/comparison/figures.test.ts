import { describe, expect, test } from 'vitest'
import { rotated } from './compare.ts'
import {
  isBarMet,
  ownShareOf,
  ratioOf,
  spreadOf,
  type WayComparison,
  type WayId,
  wayTimesOf,
} from './figures.ts'
import { comparisonText } from './page.ts'

const comparisonOf = (
  scale: string,
  rounds: readonly Partial<Record<WayId, number>>[],
  skipped: WayComparison['skipped'] = [],
): WayComparison => ({
  schemaVersion: 1,
  scale,
  migration: 'v3',
  lock: 'abcdef0123456789',
  server: '8.0.11-TiDB-v7.5.0',
  machine: { cores: 2, memoryGiB: 24, cpu: 'Some CPU' },
  startedAt: '2026-11-24T20:00:00.000Z',
  durationMs: 61_000,
  connections: 4,
  rounds: rounds.length,
  samples: rounds.flatMap((times, at) =>
    Object.entries(times).map(([way, ms]) => ({ way: way as WayId, round: at + 1, ms })),
  ),
  skipped,
})

test('the spread of no times is none, the median of two lies between them', () => {
  expect(spreadOf([])).toBeUndefined()
  expect(spreadOf([3, 1])).toEqual({ median: 2, min: 1, max: 3, count: 2 })
  expect(spreadOf([9, 1, 5])).toEqual({ median: 5, min: 1, max: 9, count: 3 })
})

test('a ratio is taken round by round, so a round on a busy machine does not count twice', () => {
  const comparison = comparisonOf('small', [
    { mysql: 100, harness: 40 },
    { mysql: 1000, harness: 600 },
    { mysql: 10, harness: 5 },
    { mysql: 10 },
  ])
  expect(wayTimesOf(comparison, 'mysql')).toEqual([100, 1000, 10, 10])
  expect(ratioOf(comparison, 'harness', 'mysql')).toEqual({ median: 0.5, min: 0.4, max: 0.6, count: 3 })
  expect(ratioOf(comparison, 'dbmate', 'mysql')).toBeUndefined()
})

test('every way has every place in the order', () => {
  const ways = ['a', 'b', 'c']
  expect([0, 1, 2, 3].map((round) => rotated(ways, round).join(''))).toEqual(['abc', 'bca', 'cab', 'abc'])
})

describe('the bar', () => {
  test.each([
    ['small', { mysql: 100, harness: 50 }, true, 'is met'],
    ['small', { mysql: 100, harness: 51 }, false, 'is NOT met'],
    ['standard', { mysql: 100, harness: 100 }, true, 'is met'],
    ['standard', { mysql: 100, harness: 101 }, false, 'is NOT met'],
    ['small', { harness: 51 }, undefined, 'cannot be judged'],
  ] as const)('at %s with %j', (scale, times, isMet, text) => {
    const comparison = comparisonOf(scale, [times])
    expect(isBarMet(comparison)).toBe(isMet)
    expect(comparisonText([comparison])).toContain(text)
  })

  test('is not there at other scales', () => {
    const comparison = comparisonOf('large', [{ mysql: 1, harness: 9 }])
    expect(isBarMet(comparison)).toBeUndefined()
    expect(comparisonText([comparison])).not.toContain('bar')
  })
})

test('the page says why a way was left out', () => {
  const skipped = [{ way: 'mysql' as const, reason: 'there is no mysql client' }]
  expect(comparisonText([comparisonOf('small', [{ harness: 51 }], skipped)])).toContain(
    'skipped: there is no mysql client',
  )
})

test('what is the harness`s own is what the server`s critical path leaves', () => {
  const comparison = comparisonOf('small', [
    { harness: 100, mysql: 200 },
    { harness: 200, mysql: 200 },
  ])
  const samples = comparison.samples.map((sample) =>
    sample.way === 'harness' ? { ...sample, serverMs: sample.round === 1 ? 95 : 150 } : sample,
  )
  expect(ownShareOf(comparison, 'harness')).toBeUndefined()
  expect(ownShareOf({ samples }, 'harness')?.median).toBeCloseTo(0.15)
  expect(comparisonText([{ ...comparison, samples }])).toContain(
    "Of the harness's time 15 % (5 % to 25 %) is its own;",
  )
  expect(comparisonText([{ ...comparison, samples }])).toContain('10 % at most, is NOT met')
})
