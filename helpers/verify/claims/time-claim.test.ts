import { describe, expect, test } from 'vitest'
import type { EstimateLine } from '../../migrate/estimate/record.ts'
import type { TimeClaim } from './guide-claim.ts'
import { judgeTime } from './time-claim.ts'

const perTable: TimeClaim = {
  name: 'n',
  claim: 'About 30 seconds per table',
  kind: 'time',
  of: 'indexes',
  takes: { per: 'table', fromSeconds: 30, toSeconds: 30 },
}
const inAll: TimeClaim = {
  ...perTable,
  claim: '5 to 10 minutes',
  takes: { per: 'run', fromSeconds: 300, toSeconds: 600 },
}

const lines = (tookMs: number): EstimateLine[] => [
  {
    phase: 'apply',
    from: 'f',
    estimatedMs: 1,
    tookMs,
    steps: [
      {
        id: '1',
        kind: 'index',
        table: 'Order',
        estimateMs: 1,
        tookMs: tookMs / 2,
        rows: 10,
        rowsSeen: 100_000,
      },
      { id: '2', kind: 'analyze', table: 'Order', estimateMs: 1, tookMs: tookMs / 4, rows: 10 },
      { id: '3', kind: 'index', table: 'Event', estimateMs: 1, tookMs: tookMs / 4, rows: 500, rowsSeen: 500 },
      {
        id: '4',
        kind: 'analyze',
        table: 'Event, Order',
        tables: ['Event', 'Order'],
        estimateMs: 1,
        tookMs: 9_000,
        rows: 510,
      },
    ],
  },
]

describe('a time of the guide', () => {
  test.each<[string, TimeClaim, number, 'held' | 'refuted']>([
    ['as long as it says', perTable, 60_000, 'held'],
    ['a little more', perTable, 60_100, 'refuted'],
    ['half of it', perTable, 30_000, 'held'],
    ['less than half of it', perTable, 29_900, 'refuted'],
    ['within a range', inAll, 450_000, 'held'],
    ['above a range', inAll, 601_000, 'refuted'],
    ['half of the lower end', inAll, 150_000, 'held'],
    ['far below a range', inAll, 40_000, 'refuted'],
  ])('%s', (_, claim, tookMs, verdict) => {
    expect(judgeTime(claim, lines(tookMs), undefined)).toMatchObject({ claim: claim.claim, verdict })
  })

  test('tells what was measured, and for how many rows', () => {
    expect(judgeTime(perTable, lines(8_000), undefined)?.measured).toBe(
      '4.0 s a table, for 100,500 rows: 2 tables in 8.0 s; the longest was Order, 6.0 s',
    )
    expect(judgeTime(inAll, lines(8_000), undefined)?.measured).toBe(
      '8.0 s, for 100,500 rows: 2 tables in 8.0 s; the longest was Order, 6.0 s',
    )
  })

  test('takes a table with a comma in its name for one', () => {
    const [line] = lines(8_000)
    const steps = line?.steps.slice(0, 1).map((step) => ({ ...step, table: 'Order, old' })) ?? []
    expect(judgeTime(perTable, line === undefined ? [] : [{ ...line, steps }], undefined)?.measured).toBe(
      '8.0 s a table, for 100,000 rows: 1 tables in 8.0 s; the longest was Order, old, 4.0 s',
    )
  })

  test('is not judged where there is a reason not to', () => {
    expect(judgeTime(perTable, lines(8_000), 'SCALE=small is over too soon')).toMatchObject({
      verdict: 'unchecked',
      measured: expect.stringMatching(/^4\.0 s a table.*; SCALE=small is over too soon$/),
    })
  })

  test('is not known where no step ran', () => {
    expect(judgeTime(perTable, [], undefined)).toBeUndefined()
    const planned = lines(1).map(({ tookMs: _, ...line }) => line)
    expect(judgeTime(perTable, planned, undefined)).toBeUndefined()
  })
})
