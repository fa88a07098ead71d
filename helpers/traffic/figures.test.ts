import { describe, expect, test } from 'vitest'
import { FigureKeeper } from './figures.ts'

const keeperWith = (answers: readonly (readonly [now: number, ms: number])[]) => {
  const keeper = new FigureKeeper(0)
  for (const [now, ms] of answers) keeper.answered('read', now, ms)
  return keeper
}

describe('figures', () => {
  test('count requests, and tell the percentiles of their answers', () => {
    const keeper = keeperWith(Array.from({ length: 100 }, (_, i) => [i * 10, i + 1]))
    expect(keeper.figures(1000)).toMatchObject({
      seconds: 1,
      requests: 100,
      rate: 100,
      errors: 0,
      p50: expect.closeTo(50, 0),
      p95: expect.closeTo(95, 0),
      p99: expect.closeTo(99, 0),
      longestStallMs: 10,
    })
  })

  test.for([
    [
      'between two answers',
      [
        [100, 5],
        [900, 5],
        [1000, 5],
      ],
      1000,
      800,
    ],
    [
      'before the first',
      [
        [700, 5],
        [900, 5],
      ],
      1000,
      700,
    ],
    ['after the last', [[100, 5]], 1000, 900],
    ['without any', [], 1000, 1000],
  ] as const)('see a stall %s', ([, answers, now, stall]) => {
    expect(keeperWith(answers).figures(now).longestStallMs).toBe(stall)
  })

  test('count failed requests apart, with the first messages, and do not take them for answers', () => {
    const keeper = keeperWith([[100, 5]])
    for (let i = 0; i < 3; i++) keeper.failed('buy', '500: lost')
    for (let i = 0; i < 20; i++) keeper.failed('buy', `another ${i}`)
    const figures = keeper.figures(1000)
    expect(figures).toMatchObject({ requests: 24, errors: 23, longestStallMs: 900, p50: 5 })
    expect(figures.messages[0]).toEqual({ message: 'buy: 500: lost', count: 3 })
    expect(figures.messages).toHaveLength(10)
    expect(figures.byRequest).toMatchObject([
      { request: 'read', requests: 1, errors: 0, p50: 5 },
      { request: 'buy', requests: 23, errors: 23, p50: null },
    ])
  })
})
