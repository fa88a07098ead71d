import { duration, seconds } from '../../../core/text/duration.ts'
import type { Estimate } from '../../estimate/estimator.ts'
import { isWorkKind } from '../../estimate/rates.ts'
import type { Step } from '../../step/step.ts'

// What took so long is worth a line of its own, however many steps there are.
const longMs = 60_000

/** What a step took, beside what it was estimated at. */
const againstEstimate = ({ kind, durationMs = 0, estimateMs }: Step): string => {
  if (estimateMs === undefined || !isWorkKind(kind)) return seconds(durationMs)
  const ratio = (durationMs / Math.max(1, estimateMs)).toFixed(2)
  return `${seconds(durationMs)}, estimated ${seconds(estimateMs)}: ${ratio} of it`
}

/** What is said before some steps run: how many, and about how long; undefined for those that take no time. */
export const beforeSteps = (todo: readonly Step[], estimate: Estimate | undefined): string | undefined =>
  estimate !== undefined && todo.some(({ kind }) => isWorkKind(kind))
    ? `${todo.length} ${todo.length === 1 ? 'step' : 'steps'}, about ${duration(estimate.totalMs)} (${estimate.from})`
    : undefined

/**
 * Whether a step that has ended has a line of its own where not every one has: it took long, was blocked, or ran alone. A
 * setting is worth one only on a server of somebody's own.
 */
export const isWorthALine = (
  { kind, durationMs = 0, blockedBy = [] }: Step,
  ofSteps: number,
  isTheirs: boolean,
): boolean =>
  durationMs >= longMs || blockedBy.length > 0 || (ofSteps === 1 && (isTheirs || isWorkKind(kind)))

/** What is said of a step that has ended, the `at`th of so many; of one that ran alone without the numbers. */
export const stepLine = (step: Step, at: number, ofSteps: number): string => {
  const rows = step.rows ? `, ${step.rows.toLocaleString('en')} rows` : ''
  const place = ofSteps === 1 ? '' : `step ${at} of ${ofSteps}  `
  return `${place}${step.id}${rows}, ${againstEstimate(step)}`
}

/** What all steps took together, and the longest of them; undefined for one, which has a line of its own. */
export const afterSteps = (done: readonly Step[], tookMs: number): string | undefined => {
  const [longest] = done.toSorted((a, b) => (b.durationMs ?? 0) - (a.durationMs ?? 0))
  if (done.length < 2 || longest === undefined) return undefined
  return `${done.length} steps took ${duration(tookMs)}; the longest: ${longest.id}, ${seconds(longest.durationMs ?? 0)}`
}
