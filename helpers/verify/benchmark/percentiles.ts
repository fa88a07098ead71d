import { z } from 'zod'

/** How long a statement took, in ms, over many executions. */
export const timesShape = z.object({
  samples: z.number(),
  p50: z.number(),
  p95: z.number(),
  p99: z.number(),
  /** The middle half of the samples lies within this many ms. */
  spread: z.number(),
})
export type Times = z.infer<typeof timesShape>

const microseconds = (ms: number) => Math.round(ms * 1000) / 1000

/** The value below which `share` (0 to 1) of the sorted samples lie, interpolated between two of them. */
const quantile = (sorted: readonly number[], share: number): number => {
  const place = (sorted.length - 1) * share
  const below = sorted[Math.floor(place)] ?? Number.NaN
  const above = sorted[Math.ceil(place)] ?? Number.NaN
  return below + (above - below) * (place - Math.floor(place))
}

/** Sums up samples in ms; of few samples the high percentiles are hardly more than the slowest one. */
export const sampleTimesOf = (samples: readonly number[]): Times => {
  const sorted = samples.toSorted((a, b) => a - b)
  const at = (share: number) => microseconds(quantile(sorted, share))
  return {
    samples: sorted.length,
    p50: at(0.5),
    p95: at(0.95),
    p99: at(0.99),
    spread: microseconds(quantile(sorted, 0.75) - quantile(sorted, 0.25)),
  }
}
