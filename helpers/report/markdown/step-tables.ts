import type { Step } from '../../migrate/step/step.ts'
import { counted, table, time } from './blocks.ts'
import { text } from './escape.ts'

/** Whether a step did not come to a good end. */
export const isWrong = ({ status }: Step): boolean =>
  status === 'failed' || status === 'cut' || status === 'running'

/** From the begin of the first step to the end of the last, in ms; steps on different tables run side by side. */
export const spanOf = (steps: readonly Step[]): number | undefined => {
  const ends = steps.flatMap(({ at, durationMs }) =>
    at === undefined || durationMs === undefined ? [] : [{ end: Date.parse(at), durationMs }],
  )
  if (ends.length === 0) return undefined
  const from = Math.min(...ends.map(({ end, durationMs }) => end - durationMs))
  return Math.max(...ends.map(({ end }) => end)) - from
}

/** What the steps were expected to take, one after the other, in ms; undefined where nobody guessed. */
export const estimatedMsOf = (steps: readonly Step[]): number | undefined =>
  steps.some(({ estimateMs }) => estimateMs !== undefined)
    ? steps.reduce((sum, { estimateMs = 0 }) => sum + estimateMs, 0)
    : undefined

export const took = (ms: number | undefined): string => (ms === undefined ? '-' : time(ms))

/** `25 done, 1 failed`. */
export const statusesOf = (steps: readonly Step[]): string =>
  [...Map.groupBy(steps, ({ status }) => status)]
    .map(([status, own]) => (own.some(isWrong) ? `**${own.length} ${status}**` : `${own.length} ${status}`))
    .join(', ')

// A column that nobody filled says nothing.
const withEstimate = <T>(steps: readonly Step[], cells: readonly T[], estimate: T): T[] =>
  estimatedMsOf(steps) === undefined ? [...cells] : [...cells, estimate]

/** The steps in sums, one line for each phase and kind. */
export const sumTable = (steps: readonly Step[]): string[] => {
  const groups = [...Map.groupBy(steps, ({ phase, kind }) => `${phase}, ${kind}`)]
  const headings = ['phase', 'steps', { right: 'begin to end' }]
  return table(
    withEstimate(steps, headings, { right: 'estimated, one after the other' }),
    groups.map(([name, own]) =>
      withEstimate(steps, [name, statusesOf(own), took(spanOf(own))], took(estimatedMsOf(own))),
    ),
  )
}

const stepStateOf = ({ value, restores, attempt }: Step): string => {
  if (restores === 'this run') return ` back to ${value}`
  if (restores === 'an earlier run') return ` back to ${value}, which an earlier run had changed`
  if (attempt !== undefined) return `, attempt ${attempt}`
  return value === undefined ? '' : ` = ${value}`
}

/** What a step does, in words: `index Order.idx_a`, `setting tidb_x back to ON`, `analyze Order, attempt 2`. */
export const nameOfStep = (step: Step): string => {
  const place = [step.table, step.name].filter((part) => part !== '').join('.')
  return `${step.kind} ${place}${stepStateOf(step)}`
}

/** The steps one by one, with rows and times. */
export const stepTable = (steps: readonly Step[]): string[] => {
  const headings = ['step', 'status', { right: 'rows' }, { right: 'took' }]
  return table(
    withEstimate(steps, headings, { right: 'estimated' }),
    steps.map((step) => {
      const { status, rows, durationMs, estimateMs } = step
      const shown = isWrong(step) ? `**${status}**` : status
      const cells = [text(nameOfStep(step)), shown, rows === undefined ? '-' : counted(rows)]
      return withEstimate(steps, [...cells, took(durationMs)], took(estimateMs))
    }),
  )
}
