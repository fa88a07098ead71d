import { z } from 'zod'
import { measurementShape } from '../../report/measurement.ts'

export const wayIds = ['mysql', 'dbmate', 'harness'] as const
export type WayId = (typeof wayIds)[number]

/** What one way took. */
export const sampleShape = z.object({
  way: z.enum(wayIds),
  round: z.number(),
  ms: z.number(),
  /** Of that: the critical path of the server's DDL jobs and ANALYZE, where the way keeps a record. */
  serverMs: z.number().optional(),
})
export type Sample = z.infer<typeof sampleShape>

/** One run of the comparison at one scale: reports/comparison/<scale>.json. */
export const wayComparisonShape = measurementShape.extend({
  /** Connections of the harness. */
  connections: z.number(),
  rounds: z.number(),
  samples: z.array(sampleShape),
  /** Why a way was left out. */
  skipped: z.array(z.object({ way: z.enum(wayIds), reason: z.string() })),
})
export type WayComparison = z.infer<typeof wayComparisonShape>

export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
  readonly count: number
}

/** Median, least and most of some times in ms; undefined of none. */
export const spreadOf = (times: readonly number[]): Spread | undefined => {
  const sorted = times.toSorted((a, b) => a - b)
  const at = (index: number) => sorted[index] ?? Number.NaN
  if (sorted.length === 0) return undefined
  const middle = sorted.length / 2
  const median = sorted.length % 2 === 1 ? at(Math.floor(middle)) : (at(middle - 1) + at(middle)) / 2
  return { median, min: at(0), max: at(sorted.length - 1), count: sorted.length }
}

/** The times of one way, in the order of the rounds. */
export const wayTimesOf = ({ samples }: Pick<WayComparison, 'samples'>, way: WayId): number[] =>
  samples.filter((sample) => sample.way === way).map(({ ms }) => ms)

/** How the times of `way` stand to those of `other`, round by round; undefined when one of them has none. */
export const ratioOf = (
  comparison: Pick<WayComparison, 'samples'>,
  way: WayId,
  other: WayId,
): Spread | undefined => {
  const { samples } = comparison
  const find = (id: WayId, round: number) =>
    samples.find((item) => item.way === id && item.round === round)?.ms
  const rounds = [...new Set(samples.map(({ round }) => round))]
  return spreadOf(
    rounds.flatMap((round) => {
      const [ours, theirs] = [find(way, round), find(other, round)]
      return ours === undefined || theirs === undefined ? [] : [ours / theirs]
    }),
  )
}

/** A part of 1 as percent. */
export const percentOf = (part: number): string => `${(part * 100).toFixed(0)} %`

/** Which part of a way's time is not the server's: connections, look-ups, records. Undefined where that is not known. */
export const ownShareOf = ({ samples }: Pick<WayComparison, 'samples'>, way: WayId): Spread | undefined =>
  spreadOf(
    samples.flatMap((sample) =>
      sample.way === way && sample.serverMs !== undefined ? [1 - sample.serverMs / sample.ms] : [],
    ),
  )

/** The most that may be the harness's own, as a part of its time. */
export const ownShareBar = 0.1

const bars: Readonly<Record<string, number>> = { small: 0.5, standard: 1 }

/** What the harness may take at most at this scale, as a part of the guide's own way; undefined where there is no bar. */
export const barOf = (scale: string): number | undefined => bars[scale]

/** Whether the bar of the scale is met by the median of the ratios; undefined when there is no bar or nothing to compare with. */
export const isBarMet = (comparison: WayComparison): boolean | undefined => {
  const [bar, ratio] = [barOf(comparison.scale), ratioOf(comparison, 'harness', 'mysql')]
  return bar === undefined || ratio === undefined ? undefined : ratio.median <= bar
}
