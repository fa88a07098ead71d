import type { Random } from '../../migrate/data/random.ts'
import { type ConfidenceInterval, signedRankInterval } from './interval.ts'

/** Two things to time against each other. */
export interface Sides {
  /** Each runs its side once and returns the ms it took. */
  readonly withIndexes: () => Promise<number>
  readonly withoutIndexes: () => Promise<number>
}

/** ms of both sides, one pair after the other. */
export type TimedPair = readonly [withMs: number, withoutMs: number]

/**
 * Times both sides next to each other, `count` times over.
 *
 * What slows the machine down for a while slows both of a pair. The order within a pair is drawn, so that being
 * second never counts for one side only.
 */
export const timePairs = async (
  { withIndexes, withoutIndexes }: Sides,
  count: number,
  random: Random,
): Promise<TimedPair[]> => {
  const pairs: TimedPair[] = []
  for (let n = 0; n < count; n++) {
    if (random.chance(0.5)) {
      const first = await withIndexes()
      pairs.push([first, await withoutIndexes()])
    } else {
      const first = await withoutIndexes()
      pairs.push([await withIndexes(), first])
    }
  }
  return pairs
}

/** What the pairs say of `withIndexes` in comparison with `withoutIndexes`. */
export interface PairComparison {
  readonly pairs: number
  /** with / without indexes: 0.2 is five times as fast, 1 is the same. */
  readonly ratio: ConfidenceInterval
  /** with - without indexes, in ms. */
  readonly difference: ConfidenceInterval
}

/** The ratio from the differences of logarithms, so that halving and doubling weigh the same. */
export const comparePairs = (pairs: readonly TimedPair[]): PairComparison => {
  const logs = signedRankInterval(pairs.map(([withMs, withoutMs]) => Math.log(withMs / withoutMs)))
  return {
    pairs: pairs.length,
    ratio: { estimate: Math.exp(logs.estimate), low: Math.exp(logs.low), high: Math.exp(logs.high) },
    difference: signedRankInterval(pairs.map(([withMs, withoutMs]) => withMs - withoutMs)),
  }
}
