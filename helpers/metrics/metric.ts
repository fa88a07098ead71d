import { z } from 'zod'

const boundShape = z.strictObject({
  min: z.number().optional(),
  max: z.number().optional(),
  /** Less than this, where `max` would let it pass. */
  below: z.number().optional(),
})

/** A row of the guide's table of success, as migration.json has it. */
export const metricShape = z
  .strictObject({
    metric: z.string().min(1),
    /** What the guide says, in its own words. */
    claim: z.string().min(1),
    /** Where the figure comes from: p95 of a benchmark, a count in the schema, or the traffic of this run. */
    benchmark: z.string().optional(),
    count: z.enum(['indexes', 'constraints', 'views']).optional(),
    traffic: z.enum(['errors']).optional(),
    before: boundShape.optional(),
    after: boundShape,
  })
  .refine(({ benchmark, count, traffic }) => [benchmark, count, traffic].filter(Boolean).length === 1, {
    error: 'exactly one of benchmark, count and traffic says where the figure comes from',
  })
export type Metric = z.infer<typeof metricShape>

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
