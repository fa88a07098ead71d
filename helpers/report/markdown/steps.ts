import { type Step, stepLog } from '../../migrate/step/step.ts'
import { notMeasured } from '../not-measured.ts'
import type { Summary } from '../summary.ts'
import { listed, type PagePart, several, time } from './blocks.ts'
import { text } from './escape.ts'
import { estimatedMsOf, isWrong, spanOf, statusesOf, stepTable, sumTable, took } from './step-tables.ts'

const title = 'Steps'
const shownAtMost = 60
const wrongAtMost = 10
const warningsAtMost = 10
const kinds = { index: 'indexes', analyze: 'statistics', constraint: 'constraints' }

const wrongOf = ({ id, status, failure, blockedBy = [] }: Step): string => {
  const why = failure === undefined ? '' : `: ${text(failure.why ?? failure.what, 600)}`
  return `- **${text(id)}** ${status}${why}${blockedBy.map((line) => `<br>blocked by ${text(line)}`).join('')}`
}

const warningsOf = (steps: readonly Step[]): string[] => {
  const lines = steps.flatMap(({ id, warnings }) =>
    warnings
      .filter(({ level }) => level !== 'Note')
      .map(({ code, message }) => `- warning of ${text(id, 80)}: ${code} ${text(message)}`),
  )
  return listed(lines, warningsAtMost, (shown) => ['', ...shown])
}

const ofFirstPhase = (steps: readonly Step[]): Step[] =>
  steps.filter(({ phase }) => phase === steps[0]?.phase)

const estimateTruthOf = ({ estimate }: Summary): string =>
  estimate?.tookMs === undefined || estimate.ratio === undefined
    ? ''
    : `; estimated ${took(estimate.estimatedMs)}, took ${took(estimate.tookMs)}, which is ${estimate.ratio} of it`

const glanceOf = (summary: Summary): string => {
  const { mode, steps, estimate } = summary
  if (mode === 'check') {
    const planned = steps.filter(({ status }) => status === 'planned')
    return planned.length === 0
      ? 'apply would run none; nothing was run'
      : `apply would run ${several(planned.length, 'step')}, about ${took(estimate?.estimatedMs ?? estimatedMsOf(planned))}, several tables side by side; nothing was run`
  }
  const spans = Object.entries(kinds).flatMap(([kind, name]) => {
    const span = spanOf(ofFirstPhase(steps).filter((step) => step.kind === kind))
    return span === undefined ? [] : [`${name} ${time(span)}`]
  })
  return (
    statusesOf(steps) +
    (spans.length === 0 ? '' : `; ${steps[0]?.phase}: ${spans.join(', ')}`) +
    estimateTruthOf(summary)
  )
}

const noneOf = (summary: Summary): string => {
  const isRollback = summary.mode === 'rollback'
  const why = isRollback
    ? notMeasured(summary, ['rollback'], 'nothing was there')
    : notMeasured(summary, ['indexes'], 'nothing was missing')
  return text(`nothing was ${isRollback ? 'dropped' : 'applied'}; ${why}`)
}

/** The statements that were run, or would be, with rows and times; the first phase in full, the others in sums. */
export const steps = (summary: Summary): PagePart => {
  const { steps: all } = summary
  if (all.length === 0) return { title, glance: noneOf(summary), details: [] }
  const order = ofFirstPhase(all).toSorted((a, b) => (a.at ?? '').localeCompare(b.at ?? ''))
  return {
    title,
    glance: glanceOf(summary),
    details: [
      ...listed(all.filter(isWrong), wrongAtMost, (shown) => shown.map(wrongOf)),
      ...sumTable(all),
      `**${all[0]?.phase}**, each step`,
      ...listed(order, shownAtMost, stepTable, `${stepLog.name} has them all`),
      ...warningsOf(all),
    ],
  }
}
