import { log } from '../../core/record/record.ts'
import type { RunFolder } from '../../core/record/run-folder.ts'
import { type MetricRow, metricRowShape } from './metric.ts'

export const metricLog = log('metrics.jsonl', metricRowShape)
/** The metrics table of the run; of a row that was judged twice, the last. */
export const readMetrics = (run: RunFolder): MetricRow[] => [
  ...new Map(metricLog.read(run).map((row) => [row.metric, row])).values(),
]
