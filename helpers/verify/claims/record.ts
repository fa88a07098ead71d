import type { RunFolder } from '../../core/record/run-folder.ts'
import { type MetricRow, metricRowShape } from './metric.ts'

const metricsFile = 'metrics.jsonl'

export const recordMetric = (run: RunFolder, row: MetricRow): void => run.append(metricsFile, row)

/** The metrics table of the run; of a row that was judged twice, the last. */
export const readMetrics = (run: RunFolder): MetricRow[] => [
  ...new Map(run.lines(metricsFile, metricRowShape).map((row) => [row.metric, row])).values(),
]
