import { describe, expect, test } from 'vitest'
import type { EstimatedStep, EstimateLine } from './record.ts'
import { assertEstimate, truthOf } from './truth.ts'

const step = (
  id: string,
  estimateMs: number,
  tookMs: number,
  more: Partial<EstimatedStep> = {},
): EstimatedStep => ({
  id,
  kind: 'index',
  table: 'Order',
  estimateMs,
  tookMs,
  rows: 100,
  rowsSeen: 100,
  ...more,
})
const line = (estimatedMs: number, tookMs: number | undefined, ...steps: EstimatedStep[]): EstimateLine => ({
  phase: 'apply',
  from: 'tried out on this server',
  estimatedMs,
  ...(tookMs === undefined ? {} : { tookMs }),
  steps,
})

describe('estimate and truth', () => {
  test('of nothing is nothing', () => {
    expect(truthOf([])).toBeUndefined()
  })

  test('add up over the runs of a part', () => {
    expect(
      truthOf([
        line(1000, 1500, step('a', 600, 1200), step('b', 400, 1000)),
        line(500, 900, step('c', 500, 249)),
      ]),
    ).toEqual({
      estimatedMs: 1500,
      tookMs: 2400,
      ratio: 1.6,
      steps: 3,
      stepsWithinTwo: 1,
      from: 'tried out on this server',
    })
  })

  test('of steps that were not run has no truth', () => {
    expect(truthOf([line(1000, undefined, step('a', 600, 1200))])).toEqual({
      estimatedMs: 1000,
      steps: 1,
      from: 'tried out on this server',
    })
  })
})

describe('the bar', () => {
  test.each([
    ['as estimated', 1000],
    ['twice as long', 2000],
    ['half as long', 500],
  ])('lets pass what took %s', (_, tookMs) => {
    expect(() => assertEstimate('indexes', [line(1000, tookMs)])).not.toThrow()
  })

  test.each([
    [
      'longer',
      2011,
      /ESTIMATE_WRONG: Part A was estimated at 1\.0 s and took 2\.0 s: 2\.01 of it, where 0\.5 to 2 is the bar/,
    ],
    ['shorter', 480, /took 0\.5 s: 0\.48 of it/],
  ])('stops what took %s', (_, tookMs, says) => {
    expect(() => assertEstimate('indexes', [line(1000, tookMs)])).toThrow(says)
  })

  test('says which steps were furthest off, and why as far as it is known', () => {
    const lines = [
      line(
        1000,
        9000,
        step('good', 500, 500),
        step('blocked', 300, 3300, { blockedBy: ['transaction 7 of root'] }),
        step('stale', 200, 5000, { rows: 10, rowsSeen: 100_000 }),
        step('small', 10, 12),
      ),
    ]
    expect(() => assertEstimate('constraints', lines)).toThrow(
      /Part B [\s\S]*stale: estimated 0\.2 s, took 5\.0 s; the statistics said 10 rows, it went through 100,000\n\s+blocked: estimated 0\.3 s, took 3\.3 s; blocked by transaction 7 of root\n\s+small/,
    )
  })

  test('says of an ANALYZE too what the DDL jobs of its tables found', () => {
    const analyze = { kind: 'analyze', rowsSeen: undefined }
    const lines = [
      line(
        9000,
        100,
        step('index', 10, 10, { table: 'Event', rows: 5_000, rowsSeen: 50 }),
        step('index too', 10, 10, { rows: 10_000, rowsSeen: 100 }),
        step('one', 4000, 30, { ...analyze, rows: 10_000 }),
        step('several', 5000, 30, {
          ...analyze,
          table: 'Order, Event',
          tables: ['Order', 'Event'],
          rows: 15_000,
        }),
        step('unknown', 3000, 30, {
          ...analyze,
          table: 'Order, Venue',
          tables: ['Order', 'Venue'],
          rows: 10_100,
        }),
      ),
    ]
    expect(() => assertEstimate('indexes', lines)).toThrow(
      /several: estimated 5\.0 s, took 0\.0 s; the statistics said 15,000 rows, it went through 150\n\s+one: estimated 4\.0 s, took 0\.0 s; the statistics said 10,000 rows, it went through 100\n\s+unknown: estimated 3\.0 s, took 0\.0 s\n/,
    )
  })
})
