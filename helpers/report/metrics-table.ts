import type { MetricRow } from '../verify/claims/metric.ts'

/** How a cell is coloured: a verdict, or the headings. */
export type Paint = (kind: MetricRow['verdict'] | 'heading', text: string) => string

const line = (metric: string, claim: string, before: string, after: string, verdict: string): string =>
  `  ${metric.padEnd(20)}${claim.padEnd(24)}${before.padStart(10)}   ${after.padEnd(26)}${verdict}`

/** The guide's table of success, one line a row; nothing when the migration has none. */
export const metricsTable = (rows: readonly MetricRow[], paint: Paint): string[] =>
  rows.length === 0
    ? []
    : [
        paint('heading', line('metric', 'claim', 'before', 'after', 'verdict')),
        ...rows.map(({ metric, claim, before, after, verdict }) =>
          line(metric, claim, before, after, paint(verdict, verdict)),
        ),
      ]
