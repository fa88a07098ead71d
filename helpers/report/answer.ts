import type { Mode } from '../core/config/settings.ts'
import type { Position } from '../migrate/lock/position.ts'
import type { CheckResult, SkipCode } from './summary.ts'

const shownAtMost = 5

const because = (reasons: readonly string[]): string => {
  const more = reasons.length > shownAtMost ? `, and ${reasons.length - shownAtMost} more` : ''
  return reasons.slice(0, shownAtMost).join(', ') + more
}

const ofRows: readonly (SkipCode | undefined)[] = ['PARTLY_CHECKED', 'OVER_BUDGET', 'TIMED_OUT']

/** `ready` or `applied`, and what was not looked at: whoever reads no further must not take a part for all. */
const asFarAsLookedAt = (answer: string, checks: readonly CheckResult[]): string => {
  const open = checks.filter(({ skipCode }) => ofRows.includes(skipCode))
  if (open.length === 0) return answer
  const families = [...Map.groupBy(open, ({ id }) => id.replace(/\[.*$/, ''))].map(([family, own]) => {
    const all = checks.filter(({ id }) => id === family || id.startsWith(`${family}[`)).length
    return `${own.length} of ${all} ${family}`
  })
  return `${answer} as far as it was looked at; not on all rows: ${families.join(', ')}`
}

/** What a run says of the target, in one sentence. The reasons are ids of checks; the report has each in full. */
export const answerOf = (
  mode: Mode,
  position: Position | undefined,
  checks: readonly CheckResult[],
  incomplete: readonly string[],
): string => {
  const red = [...checks.filter(({ status }) => status === 'failed').map(({ id }) => id), ...incomplete]
  if (mode === 'apply')
    return red.length === 0
      ? asFarAsLookedAt('applied', checks)
      : `not applied completely, because of ${because(red)}`
  if (mode === 'rollback')
    return red.length === 0 ? 'rolled back' : `not rolled back completely, because of ${because(red)}`
  if (mode === 'rehearse') return red.length === 0 ? 'rehearsed' : `not rehearsed, because of ${because(red)}`
  if (position === undefined) return `not known, because of ${because(red)}`
  const { side, missing, different } = position
  if (side === 'between')
    return `applied in part; missing or different: ${because([...missing, ...different])}`
  if (side === 'before')
    return red.length === 0 ? asFarAsLookedAt('ready', checks) : `not ready, because of ${because(red)}`
  return red.length === 0 ? asFarAsLookedAt('applied', checks) : `applied, but red: ${because(red)}`
}
