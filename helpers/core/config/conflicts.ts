import { isThrowAwayName, urlForm } from './variables/kinds.ts'
import type { Variables } from './variables.ts'

/** A variable that cannot be right, and what it may be. */
export interface Problem {
  readonly variable: string
  readonly value: string | undefined
  readonly allowed: string
}

const shownAtMost = 100
const mayHoldPassword: ReadonlySet<string> = new Set(['DATABASE_URL', 'APP_BASE_URL'])

/** A value as it may be shown. A URL may hold a password, under whatever name it was given by mistake, so it never is. */
export const shownValue = (variable: string, value: string | undefined): string | undefined => {
  if (value === undefined) return undefined
  if (mayHoldPassword.has(variable) || value.includes('://')) return '(hidden)'
  return value.length > shownAtMost ? `${value.slice(0, shownAtMost)}…` : value
}

/** What does not fit together although each variable is right. The target is undefined when it is not known. */
export const findConflicts = (variables: Variables, target: string | undefined): Problem[] => {
  const { MODE, DATABASE_URL, RUN_DIR, ENGINE_DIR, EXPECT, EXCEPT, BASELINE_FROM, PROBE } = variables
  const { BACKUP_MANIFEST, BACKUP_DIR } = variables
  const problems: Problem[] = []
  const refuse = (variable: string, value: string | undefined, allowed: string) =>
    problems.push({ variable, value: shownValue(variable, value), allowed })
  if (target !== undefined && isThrowAwayName(target)) {
    if (MODE !== undefined && MODE !== 'rehearse')
      refuse('MODE', MODE, `rehearse on the target ${target}: its server starts empty`)
  } else if (target !== undefined) {
    if (DATABASE_URL === undefined)
      refuse('DATABASE_URL', undefined, `${urlForm}, in .env.${target} or the environment`)
    if (MODE === 'rehearse')
      refuse(
        'MODE',
        MODE,
        `check, apply or rollback on the target ${target}: only embedded and container rehearse`,
      )
  }
  if (BASELINE_FROM !== undefined && target !== undefined && !isThrowAwayName(target))
    refuse('BASELINE_FROM', BASELINE_FROM, 'only in a rehearsal, on embedded or container')
  if (EXCEPT !== undefined && MODE === 'rollback')
    refuse('EXCEPT', EXCEPT, 'not with MODE=rollback: it drops what was added, and all of it')
  if (EXPECT !== undefined && (MODE ?? 'check') !== 'check') refuse('EXPECT', EXPECT, 'only with MODE=check')
  if (PROBE !== undefined && (MODE ?? 'check') !== 'check')
    refuse('PROBE', PROBE, 'only with MODE=check; the other modes probe anyway')
  if (BACKUP_MANIFEST !== undefined && BACKUP_DIR !== undefined)
    refuse('BACKUP_MANIFEST', BACKUP_MANIFEST, 'not together with BACKUP_DIR, which makes a new backup')
  if (RUN_DIR !== undefined && ENGINE_DIR === undefined)
    refuse('RUN_DIR', RUN_DIR, 'only together with ENGINE_DIR')
  if (ENGINE_DIR !== undefined && target !== undefined && target !== 'embedded')
    refuse('ENGINE_DIR', ENGINE_DIR, 'only with TARGET=embedded')
  return problems
}
