import { seconds } from '../../core/text/duration.ts'
import type { Step } from '../../migrate/step/step.ts'
import { type Summary, summaryRecord } from '../summary.ts'
import { oneLine } from './clip.ts'

const longestShown = 6
const sqlAtMost = 120

const ofServer = ({ kind }: Step): boolean => kind === 'setting' || kind === 'switch'
const timeOf = ({ estimateMs = 0 }: Step): number => estimateMs

const line = (ms: number, text: string): string => `  about ${seconds(ms).padStart(8)}  ${text}`
const lineOf = (step: Step): string => line(timeOf(step), oneLine(step.sql, sqlAtMost))

/**
 * What MODE=check says that apply would run, with the time of each: every one with `all`, else what changes the server, and
 * of the rest those that take longest. Nothing in other modes.
 */
export const plannedLines = ({ mode, steps, estimate }: Summary, all: boolean): string[] => {
  if (mode !== 'check' || steps.length === 0) return []
  const longest = new Set(
    steps
      .filter((step) => !ofServer(step))
      .toSorted((a, b) => timeOf(b) - timeOf(a))
      .slice(0, longestShown),
  )
  const shown = all ? steps : steps.filter((step) => ofServer(step) || longest.has(step))
  const rest = steps.filter((step) => !shown.includes(step))
  return [
    ...shown.map((step) => (all ? line(timeOf(step), step.sql) : lineOf(step))),
    ...(rest.length === 0
      ? []
      : [`${' '.repeat(18)}and ${rest.length} more; ${summaryRecord.name} has them all`]),
    ...(estimate === undefined
      ? []
      : [
          line(estimate.estimatedMs, 'in all, several tables side by side'),
          `                  by ${estimate.from}`,
        ]),
  ]
}
