import type { RunFolder } from '../../core/record/run-folder.ts'
import { trafficLog } from '../../core/record/traffic.ts'
import type { Snapshot } from '../../core/schema/model.ts'
import { readBenchmarks } from '../benchmark/record.ts'
import { schemaCountsOf } from './claims.ts'
import type { Metric } from './guide-claim.ts'
import type { Figures } from './metric.ts'

/** What the figures are taken from. */
export interface Sources {
  readonly run: RunFolder
  readonly schemaBefore: Snapshot | undefined
  /** Undefined while the migration is not applied. */
  readonly schemaAfter: Snapshot | undefined
}

const errorsOf = (run: RunFolder): Figures => {
  const phases = trafficLog.read(run)
  const before = phases.filter(({ phase }) => phase === 'before')
  const since = phases.filter(({ phase }) => phase !== 'before')
  const sum = (lines: typeof phases, of: 'errors' | 'requests') =>
    lines.length === 0 ? undefined : lines.reduce((total, line) => total + line[of], 0)
  const requests = sum(since, 'requests')
  return {
    before: sum(before, 'errors'),
    after: sum(since, 'errors'),
    note: requests === undefined ? undefined : `in ${requests.toLocaleString('en')} requests`,
  }
}

/** The figures for a row, as far as this run has them. Times are p95 in ms. */
export const metricFiguresOf = ({ benchmark, count }: Metric, sources: Sources): Figures => {
  const { run, schemaBefore, schemaAfter } = sources
  if (benchmark !== undefined) {
    const found = readBenchmarks(run).find(({ id }) => id === benchmark)
    return { before: found?.before?.p95, after: found?.after?.p95 }
  }
  if (count === undefined) return errorsOf(run)
  const counted = (schema: Snapshot | undefined) =>
    schema === undefined ? undefined : schemaCountsOf(schema)[count]
  return { before: counted(schemaBefore), after: counted(schemaAfter) }
}
