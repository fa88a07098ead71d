import { expect, test } from 'vitest'
import { createRandom, scramble } from './random.ts'

const draws = (count: number, draw: () => number): number[] => Array.from({ length: count }, draw)

test('the same seed and label give the same stream, on every machine', () => {
  const random = createRandom(42, 'orders')
  expect(draws(3, () => random.int(0, 999_999))).toMatchInlineSnapshot(`
    [
      493814,
      755001,
      690251,
    ]
  `)
})

test('another seed, also one beyond 32 bits, or another label gives another stream', () => {
  const streams = [
    createRandom(1, 'a'),
    createRandom(2, 'a'),
    createRandom(1, 'b'),
    createRandom(1 + 2 ** 32, 'a'),
  ].map((random) => draws(4, random.next).join())
  expect(new Set(streams).size).toBe(4)
})

test('numbers stay in their range and reach both ends', () => {
  const random = createRandom(7, 'ranges')
  const dice = draws(2_000, () => random.int(1, 6))
  expect([Math.min(...dice), Math.max(...dice)]).toEqual([1, 6])
  const reals = draws(2_000, random.next)
  expect(Math.min(...reals)).toBeGreaterThanOrEqual(0)
  expect(Math.max(...reals)).toBeLessThan(1)
  const times = draws(200, () => random.between(100.5, 103.5))
  expect(new Set(times)).toEqual(new Set([101, 102, 103]))
})

test('chance and orNull keep to their share', () => {
  const random = createRandom(7, 'shares')
  const share = draws(10_000, () => (random.chance(0.3) ? 1 : 0)).reduce((sum, hit) => sum + hit) / 10_000
  expect(share).toBeCloseTo(0.3, 1)
  expect([random.chance(0), random.chance(1)]).toEqual([false, true])
  expect([random.orNull(1, 'x'), random.orNull(0, 'x')]).toEqual([null, 'x'])
})

test('a weighted pick follows the weights and never takes a weight of 0', () => {
  const random = createRandom(7, 'weights')
  const seen = { often: 0, rarely: 0, never: 0 }
  for (let i = 0; i < 5_000; i++) {
    const item = random.weighted([
      ['never', 0],
      ['often', 9],
      ['rarely', 1],
    ] as const)
    seen[item]++
  }
  expect(seen.never).toBe(0)
  expect(seen.often / seen.rarely).toBeGreaterThan(7)
})

test('an empty choice is refused', () => {
  const random = createRandom(7, 'empty')
  expect(() => random.pick([])).toThrow(RangeError)
  expect(() => random.weighted([['x', 0]])).toThrow(RangeError)
})

test('a skewed index prefers the low ones and stays below the count', () => {
  const random = createRandom(7, 'skew')
  const indexes = draws(10_000, () => random.skewed(100, 3))
  expect(Math.max(...indexes)).toBeLessThan(100)
  expect(indexes.filter((index) => index < 10).length / 10_000).toBeCloseTo(0.46, 1)
})

test('shuffle keeps every item', () => {
  const items = Int32Array.from({ length: 50 }, (_, index) => index)
  createRandom(7, 'shuffle').shuffle(items)
  expect(items.join()).not.toBe(items.toSorted().join())
  expect(items.toSorted()).toEqual(Int32Array.from({ length: 50 }, (_, index) => index))
})

test('scramble gives no number twice for one seed', () => {
  expect(new Set(draws(20_000, () => 0).map((_, index) => scramble(5, index))).size).toBe(20_000)
})
