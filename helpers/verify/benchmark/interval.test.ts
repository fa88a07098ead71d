import { describe, expect, test } from 'vitest'
import { createRandom } from '../../migrate/data/random.ts'
import { signedRankInterval } from './interval.ts'

const random = createRandom(1, 'interval')
const draw = (count: number, make: () => number) => Array.from({ length: count }, make)
/** Noise as a shared machine makes it: mostly small, now and then a spike of twenty times, on either side. */
const noise = () => {
  const small = (random.next() - 0.5) * 0.2
  return random.chance(0.1) ? small + (random.chance(0.5) ? 3 : -3) * random.next() : small
}

describe('the signed-rank interval', () => {
  // Hollander and Wolfe, Nonparametric Statistical Methods, example 3.1: estimate -0.46, (-0.786, -0.010) at 96.1 %.
  test('agrees with the textbook', () => {
    const before = [1.83, 0.5, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.3]
    const after = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29]
    const { estimate, low, high } = signedRankInterval(before.map((value, n) => (after[n] ?? 0) - value))
    expect(estimate).toBeCloseTo(-0.46, 3)
    expect(low).toBeCloseTo(-0.786, 3)
    expect(high).toBeCloseTo(-0.01, 3)
  })

  test('moves with the differences, and grows with them', () => {
    const values = draw(20, noise)
    const plain = signedRankInterval(values)
    const moved = signedRankInterval(values.map((value) => 2 * value + 5))
    expect(moved.estimate).toBeCloseTo(2 * plain.estimate + 5, 10)
    expect(moved.low).toBeCloseTo(2 * plain.low + 5, 10)
    expect(moved.high).toBeCloseTo(2 * plain.high + 5, 10)
  })

  test('is not moved by one wild pair', () => {
    const values = draw(20, () => 1 + noise() / 100)
    const [calm, wild] = [signedRankInterval(values), signedRankInterval([...values.slice(1), 1e6])]
    expect(Math.abs(wild.estimate - calm.estimate)).toBeLessThan(0.01)
    expect(wild.high).toBeLessThan(1.1)
  })

  test.each([0, 1, 5])('of %i differences proves nothing', (count) => {
    const { low, high } = signedRankInterval(draw(count, () => 1))
    expect([low, high]).toEqual([Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY])
  })

  test.each([6, 10, 20, 40])('of %i leaves out zero in at most 5 of 100 cases without an effect', (count) => {
    const repeats = 2000
    let gains = 0
    let losses = 0
    for (let n = 0; n < repeats; n++) {
      const { low, high } = signedRankInterval(draw(count, noise))
      if (high < 0) gains++
      if (low > 0) losses++
    }
    // 2.5 % on each side, and three standard errors of the simulation.
    const most = repeats * 0.025 + 3 * Math.sqrt(repeats * 0.025 * 0.975)
    expect(gains).toBeLessThanOrEqual(most)
    expect(losses).toBeLessThanOrEqual(most)
  })

  test('finds an effect that is there in nearly every case', () => {
    let found = 0
    for (let n = 0; n < 200; n++) if (signedRankInterval(draw(20, () => noise() - 0.2)).high < 0) found++
    expect(found).toBeGreaterThan(180)
  })
})
