import { seconds } from '../../core/text/duration.ts'
import type { CheckResult } from '../summary.ts'
import { oneLine } from './clip.ts'
import { type Color, color } from './paint.ts'

/** A section that has ended. */
export interface EndedSection {
  readonly name: string
  readonly checks: readonly Pick<CheckResult, 'status' | 'reason' | 'skipCode'>[]
  readonly durationMs: number
  /** True when its file could not be loaded, or its set-up failed. */
  readonly isBroken?: boolean
}

const reasonAtMost = 110

/** Why checks of a section were skipped: the reason they share, or how many there are of each code. */
const skipNote = (skipped: EndedSection['checks']): string => {
  const codeOf = ({ skipCode, reason }: EndedSection['checks'][number]) =>
    skipCode ?? (reason === undefined ? 'filtered out' : 'no code')
  const byCode = [...Map.groupBy(skipped, codeOf)].toSorted(([, a], [, b]) => b.length - a.length)
  const [only] = byCode
  if (only === undefined) return ''
  const reasons = new Set(skipped.map(({ reason }) => reason))
  const [reason] = reasons
  if (byCode.length > 1 || reasons.size > 1)
    return byCode.map(([code, checks]) => `${checks.length} ${code}`).join(', ')
  return reason === undefined ? only[0] : `${only[0]}: ${oneLine(reason, reasonAtMost)}`
}

const cell = (count: number, word: string, paint: Color): string => {
  const text = count === 0 ? '' : `${count} ${word}`
  return ' '.repeat(Math.max(1, 13 - text.length)) + (text === '' ? '' : color(paint, text))
}

/** One line for a section that has ended: its counts, its time, and why checks of it were skipped. */
export const sectionLine = ({ name, checks, durationMs, isBroken = false }: EndedSection): string => {
  const of = (status: CheckResult['status']) => checks.filter((check) => check.status === status)
  const counts =
    cell(of('passed').length, 'passed', 'green') +
    cell(of('failed').length, 'failed', 'red') +
    cell(of('skipped').length, 'skipped', 'yellow')
  const note = isBroken ? color('red', 'broken: see below') : color('dim', skipNote(of('skipped')))
  return `  ${name.padEnd(16)}${counts}${seconds(durationMs).padStart(10)}   ${note}`.trimEnd()
}
