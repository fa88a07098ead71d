import { duration } from '../../../core/text/duration.ts'
import type { Estimate } from '../../estimate/estimator.ts'
import { progressOf } from '../../estimate/left.ts'
import type { Step } from '../../step/step.ts'
import type { DdlJob } from '../jobs/ddl-jobs.ts'

/** How a run of steps stands at one moment. */
export interface StepsState {
  readonly steps: readonly Step[]
  readonly done: readonly Step[]
  /** ms for which each step that was sent has been running, by its id. */
  readonly running: ReadonlyMap<string, number>
  readonly elapsedMs: number
}

export interface ProgressLine {
  readonly text: string
  /** What is done of the whole, from 0 to 1; undefined where nothing was estimated. */
  readonly fraction?: number
  /** The same for as long as nothing moves. */
  readonly key: string
}

const countText = (value: number) => value.toLocaleString('en')

const describeJob = ({ table, rows }: DdlJob, rowsOf: ReadonlyMap<string, number>): string => {
  const all = rowsOf.get(table.toLowerCase())
  return `${table} ${countText(rows)}${all === undefined || all < rows ? '' : ` of ${countText(all)}`} rows`
}

/** One line on how far the steps are: steps, rows of all rows, rows a second, time left, and what runs now. */
export const progressLine = (
  { steps, done, running, elapsedMs }: StepsState,
  jobs: readonly DdlJob[],
  estimate: Estimate | undefined,
  connections: number,
): ProgressLine => {
  const rowsOf = new Map(estimate?.works.map(({ step, rows }) => [step.table.toLowerCase(), rows]))
  const now = jobs.map((job) => describeJob(job, rowsOf)).join(', ')
  const head = `step ${done.length} of ${steps.length} done, ${duration(elapsedMs)}`
  const tail = now === '' ? '' : `; running: ${now}`
  const key = `${done.length} ${now}`
  if (estimate === undefined) return { text: `${head}${tail}`, key }
  const { rowsDone, rowsInAll, rowsPerSecond, leftMs } = progressOf(
    estimate.works,
    {
      done: new Map(done.map(({ id, rows }) => [id, { rows }])),
      running: [...running].map(([id, runningMs]) => {
        const sql = steps.find((step) => step.id === id)?.sql
        return { id, runningMs, rows: jobs.find((job) => job.sql === sql)?.rows ?? 0 }
      }),
      elapsedMs,
    },
    connections,
  )
  const rows =
    rowsInAll === 0
      ? ''
      : `${countText(rowsDone)} of ${countText(rowsInAll)} rows, ${countText(rowsPerSecond)} rows/s, `
  return {
    text: `${head}; ${rows}about ${duration(leftMs)} left${tail}`,
    fraction: elapsedMs / Math.max(1, elapsedMs + leftMs),
    key,
  }
}
