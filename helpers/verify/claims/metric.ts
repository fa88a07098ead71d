import { z } from 'zod'
import type { Metric } from '../../migrate/folder/metric-shape.ts'

/** What was measured; a figure is missing where this run could not measure it. */
export interface Figures {
  readonly before?: number | undefined
  readonly after?: number | undefined
  /** Of what the figures are: `in 12,000 requests`. */
  readonly note?: string | undefined
}

/** One line of the metrics table in summary.json. */
export const metricRowShape = z.object({
  metric: z.string(),
  claim: z.string(),
  before: z.string(),
  after: z.string(),
  verdict: z.enum(['held', 'refuted', 'unchecked']),
})
export type MetricRow = z.infer<typeof metricRowShape>

const isWithin = (figure: number, { min, max, below }: NonNullable<Metric['before']>) =>
  figure >= (min ?? Number.NEGATIVE_INFINITY) &&
  figure <= (max ?? Number.POSITIVE_INFINITY) &&
  figure < (below ?? Number.POSITIVE_INFINITY)

const verdictOf = ({ before, after }: Metric, figures: Figures): MetricRow['verdict'] => {
  const isRefuted = (bound: Metric['before'], figure: number | undefined) =>
    bound !== undefined && figure !== undefined && !isWithin(figure, bound)
  if (isRefuted(before, figures.before) || isRefuted(after, figures.after)) return 'refuted'
  return figures.after === undefined ? 'unchecked' : 'held'
}

/** Judges a row. A figure that a bound excludes refutes it, on either side; without one of after it stays unchecked. */
export const judgeMetric = (metric: Metric, figures: Figures): MetricRow => {
  const shown = (figure: number | undefined) => {
    if (figure === undefined) return '-'
    return metric.benchmark === undefined ? figure.toLocaleString('en') : `${figure.toFixed(1)} ms`
  }
  const note = figures.note === undefined ? '' : ` ${figures.note}`
  return {
    metric: metric.metric,
    claim: metric.claim,
    before: shown(figures.before),
    after: `${shown(figures.after)}${note}`,
    verdict: verdictOf(metric, figures),
  }
}
