import type { Random } from '../../migrate/data/random.ts'
import { type Interval, signedRankInterval } from './interval.ts'

/** Two things to time against each other. */
export interface Sides {
  /** Each runs its side once and returns the ms it took. */
  readonly as: () => Promise<number>
  readonly without: () => Promise<number>
}

/** ms of both sides, one pair after the other. */
export type TimedPair = readonly [as: number, without: number]

/**
 * Times both sides next to each other, `count` times over.
 *
 * What slows the machine down for a while slows both of a pair. The order within a pair is drawn, so that being
 * second never counts for one side only.
 */
export const timePairs = async (
  { as, without }: Sides,
  count: number,
  random: Random,
): Promise<TimedPair[]> => {
  const pairs: TimedPair[] = []
  for (let n = 0; n < count; n++) {
    if (random.chance(0.5)) {
      const first = await as()
      pairs.push([first, await without()])
    } else {
      const first = await without()
      pairs.push([await as(), first])
    }
  }
  return pairs
}

/** What the pairs say of `as` in comparison with `without`. */
export interface Comparison {
  readonly pairs: number
  /** as / without: 0.2 is five times as fast, 1 is the same. */
  readonly ratio: Interval
  /** as - without, in ms. */
  readonly difference: Interval
}

/** The ratio from the differences of logarithms, so that halving and doubling weigh the same. */
export const compare = (pairs: readonly TimedPair[]): Comparison => {
  const logs = signedRankInterval(pairs.map(([as, without]) => Math.log(as / without)))
  return {
    pairs: pairs.length,
    ratio: { estimate: Math.exp(logs.estimate), low: Math.exp(logs.low), high: Math.exp(logs.high) },
    difference: signedRankInterval(pairs.map(([as, without]) => as - without)),
  }
}
