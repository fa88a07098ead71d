/** An estimate with the interval that holds the truth in at least 95 of 100 measurements. */
export interface ConfidenceInterval {
  readonly estimate: number
  readonly low: number
  readonly high: number
}

const outsideOnEachSide = 0.025

/**
 * How many of the sorted averages lie outside of the interval on each side, by the exact distribution of the
 * signed-rank statistic: each rank from 1 to n is in the sum or not, like the toss of a coin.
 */
const outsideOf = (n: number): number => {
  const chance = new Float64Array((n * (n + 1)) / 2 + 1)
  chance[0] = 1
  for (let rank = 1; rank <= n; rank++)
    for (let sum = chance.length - 1; sum >= 0; sum--)
      chance[sum] = ((chance[sum] ?? 0) + (sum < rank ? 0 : (chance[sum - rank] ?? 0))) / 2
  let outside = 0
  for (let total = chance[0]; total <= outsideOnEachSide; total += chance[outside] ?? 1) outside++
  return outside
}

/**
 * The Hodges-Lehmann estimate of the centre of paired differences, with the interval that the Wilcoxon signed-rank
 * test gives.
 *
 * One pair that was hit by somebody else's work cannot move it, and it asks for no shape of the noise: when the
 * two sides of a pair are the same and their order is drawn, a difference is as likely as its opposite, and the
 * interval leaves out zero in at most 5 of 100 cases. Below 6 pairs the interval is infinite: nothing is proven.
 */
export const signedRankInterval = (differences: readonly number[]): ConfidenceInterval => {
  const averages = Float64Array.from(
    differences.flatMap((one, at) => differences.slice(at).map((other) => (one + other) / 2)),
  ).sort()
  const at = (place: number) => averages[place] ?? Number.NaN
  const last = averages.length - 1
  const estimate = (at(Math.floor(last / 2)) + at(Math.ceil(last / 2))) / 2
  const outside = outsideOf(differences.length)
  if (outside === 0) return { estimate, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY }
  return { estimate, low: at(outside - 1), high: at(last - outside + 1) }
}
