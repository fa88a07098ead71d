import type { Mode } from '../core/config/settings.ts'
import type { Position } from '../migrate/lock/position.ts'
import type { CheckResult } from './summary.ts'

const shownAtMost = 5

const because = (reasons: readonly string[]): string => {
  const more = reasons.length > shownAtMost ? `, and ${reasons.length - shownAtMost} more` : ''
  return reasons.slice(0, shownAtMost).join(', ') + more
}

/** What a run says of the target, in one sentence. The reasons are ids of checks; the report has each in full. */
export const answerOf = (
  mode: Mode,
  position: Position | undefined,
  checks: readonly CheckResult[],
  incomplete: readonly string[],
): string => {
  const red = [...checks.filter(({ status }) => status === 'failed').map(({ id }) => id), ...incomplete]
  if (mode === 'apply') return red.length === 0 ? 'applied' : `not applied whole, because of ${because(red)}`
  if (mode === 'rollback')
    return red.length === 0 ? 'rolled back' : `not rolled back whole, because of ${because(red)}`
  if (mode === 'rehearse') return red.length === 0 ? 'rehearsed' : `not rehearsed, because of ${because(red)}`
  if (position === undefined) return `not known, because of ${because(red)}`
  const { side, missing, different } = position
  if (side === 'between')
    return `applied in part; missing or different: ${because([...missing, ...different])}`
  if (side === 'before') return red.length === 0 ? 'ready' : `not ready, because of ${because(red)}`
  return red.length === 0 ? 'applied' : `applied, but red: ${because(red)}`
}
