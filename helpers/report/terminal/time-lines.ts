import { seconds } from '../../core/text/duration.ts'
import type { Summary } from '../summary.ts'

const worthALineMs = 1_000

const loadNote = ({ data }: Summary): string =>
  data === undefined
    ? ''
    : `   ${data.rows.toLocaleString('en')} rows${data.preparedAt === undefined ? ` at ${Math.round(data.rowsPerSecond).toLocaleString('en')} rows/s` : ', copied as prepared earlier'}`

const backupNote = ({ backup }: Summary): string => {
  if (backup === undefined) return ''
  const { tool, bytes, madeInMs, restoredInMs } = backup
  const restored = restoredInMs === undefined ? '' : `, restored in ${seconds(restoredInMs)}`
  return `   ${(bytes / 1_000_000).toFixed(1)} MB by ${tool} in ${seconds(madeInMs)}${restored}`
}

const noteOf = (part: string, summary: Summary): string => {
  if (part === 'baseline and data') return loadNote(summary)
  return part === '02-backup' ? backupNote(summary) : ''
}

const estimateLines = ({ estimate }: Summary): string[] => {
  if (estimate?.tookMs === undefined) return []
  const { estimatedMs, tookMs, ratio, steps, stepsWithinTwo, from } = estimate
  return [
    `  ${'estimated'.padEnd(24)}${seconds(estimatedMs).padStart(9)}   for the steps, which took ${seconds(tookMs)}: ${ratio} of it; ${stepsWithinTwo} of ${steps} within a factor of 2`,
    `  ${''.padEnd(24)}${''.padStart(9)}   by ${from}`,
  ]
}

// The line of a section has its time already, and a moment is not worth a line.
const isSaidElsewhere = (part: string, durationMs: number): boolean =>
  /^\d\d-/.test(part) || durationMs < worthALineMs

/** What each part of the run took; without `all` only what no line of a section has said, and nothing where that is nothing. */
export const timeLines = (summary: Summary, all: boolean): string[] => {
  const parts = summary.timings
    .map(({ part, durationMs }) => ({ part, durationMs, note: noteOf(part, summary) }))
    .filter(({ part, durationMs, note }) => all || note !== '' || !isSaidElsewhere(part, durationMs))
    .map(({ part, durationMs, note }) => `  ${part.padEnd(24)}${seconds(durationMs).padStart(9)}${note}`)
  const estimated = estimateLines(summary)
  if (!all && parts.length + estimated.length === 0) return []
  return [...parts, `  ${'in all'.padEnd(24)}${seconds(summary.durationMs).padStart(9)}`, ...estimated]
}
