import { toTask } from './estimator.ts'
import { totalMs } from './side-by-side.ts'
import { aloneMs, type Work } from './work.ts'

/** A step that runs: what its DDL job says, and since when. */
export interface RunningStep {
  readonly id: string
  /** Rows that the job has gone through, as the server last said. */
  readonly rows: number
  readonly runningMs: number
}

export interface StepsSoFar {
  /** Steps that are done, by id, with the rows that their jobs went through. */
  readonly done: ReadonlyMap<string, { readonly rows?: number | undefined }>
  readonly running: readonly RunningStep[]
  /** ms since the first step. */
  readonly elapsedMs: number
}

/** How far a run of steps is. */
export interface StepsProgress {
  readonly rowsDone: number
  readonly rowsInAll: number
  /** Rows a second, since the first step. */
  readonly rowsPerSecond: number
  /** ms that the rest will take, at the pace that was measured so far. */
  readonly leftMs: number
}

// A job tells its rows only every 5 s (ReorgWaitTimeout). Until then its time speaks for it, but never for more than half:
// it may be waiting.
const byTimeAtMost = 0.5

/** The works with the rows that DDL jobs have really seen, in place of what statistics said. */
const corrected = (works: readonly Work[], { done, running }: StepsSoFar): Work[] => {
  const seen = new Map<string, number>()
  for (const { step, rows: expected } of works) {
    if (step.kind !== 'index') continue
    const own = running.find(({ id }) => id === step.id)
    const rows = done.get(step.id)?.rows ?? (own !== undefined && own.rows > expected ? own.rows : undefined)
    if (rows !== undefined) seen.set(step.table, Math.max(rows, seen.get(step.table) ?? 0))
  }
  return works.map((work) => ({ ...work, rows: seen.get(work.step.table) ?? work.rows }))
}

const partDone = (work: Work, { rows, runningMs }: RunningStep): number => {
  if (rows > 0 && work.rows > 0) return Math.min(1, rows / work.rows)
  return Math.min(byTimeAtMost, runningMs / Math.max(1, work.step.estimateMs ?? aloneMs(work)))
}

/**
 * How far a run is and how long the rest takes. What is left is estimated anew with the rows that are known by now, and
 * multiplied by how much slower or faster than expected the run was until now.
 */
export const progressOf = (
  estimated: readonly Work[],
  soFar: StepsSoFar,
  connections: number,
): StepsProgress => {
  const works = corrected(estimated, soFar)
  const runningOf = ({ step }: Work) => soFar.running.find(({ id }) => id === step.id)
  const rest = works.filter(({ step }) => !soFar.done.has(step.id))
  const tasks = rest.map((work) => {
    const own = runningOf(work)
    const task = toTask(work)
    return own === undefined ? task : { ...task, aloneMs: task.aloneMs * (1 - partDone(work, own)) }
  })
  const wholeMs = totalMs(works.map(toTask), connections)
  const restMs = totalMs(tasks, connections)
  const pace = wholeMs > restMs && soFar.elapsedMs > 0 ? soFar.elapsedMs / (wholeMs - restMs) : 1
  const rowsInAll = works.reduce((sum, { rows }) => sum + rows, 0)
  const rowsDone = works.reduce((sum, work) => {
    if (soFar.done.has(work.step.id)) return sum + work.rows
    return sum + Math.min(work.rows, runningOf(work)?.rows ?? 0)
  }, 0)
  return {
    rowsDone,
    rowsInAll,
    rowsPerSecond: soFar.elapsedMs > 0 ? Math.round((rowsDone * 1000) / soFar.elapsedMs) : 0,
    leftMs: Math.round(restMs * pace),
  }
}
