import type { PairComparison } from './pairs.ts'
import type { Times } from './percentiles.ts'

/** From when on a query counts as slower: both must be exceeded. */
export interface Tolerance {
  readonly percent: number
  readonly ms: number
}

/** What the migration did to a query: `as before` is neither of both beyond noise and tolerance. */
export type Change = 'faster' | 'slower' | 'as before'

/**
 * Faster when the whole interval lies below 1. Slower when the whole interval lies above the tolerance, in percent
 * and in ms: a query of half a millisecond may take a quarter more, and nobody notices.
 */
export const changeOf = ({ ratio, difference }: PairComparison, tolerance: Tolerance): Change => {
  if (ratio.high < 1) return 'faster'
  const isSlower = ratio.low > 1 + tolerance.percent / 100 && difference.low > tolerance.ms
  return isSlower ? 'slower' : 'as before'
}

/**
 * Slower than before where no pairs could be run: the medians are further apart than the tolerance, and than the middle
 * halves of both sides reach.
 */
export const isSlowerThanBefore = (before: Times, after: Times, { percent, ms }: Tolerance): boolean => {
  const more = after.p50 - before.p50
  return more > Math.max(ms, (before.p50 * percent) / 100, (before.spread + after.spread) / 2)
}

/** How much shorter, in percent of the time without: 80 is a fifth of the time. Negative is longer. */
export interface Reduction {
  readonly percent: number
  readonly low: number
  readonly high: number
}

export const reductionOf = ({ ratio }: PairComparison): Reduction => ({
  percent: (1 - ratio.estimate) * 100,
  low: (1 - ratio.high) * 100,
  high: (1 - ratio.low) * 100,
})

const whole = (percent: number) => (Number.isFinite(percent) ? `${Math.round(percent)} %` : 'unknown')

/** `81 % (79 % to 82 %)`. */
export const describeReduction = ({ percent, low, high }: Reduction): string =>
  `${whole(percent)} (${whole(low)} to ${whole(high)})`
