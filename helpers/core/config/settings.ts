import { findConflicts, type Problem, shownValue } from './conflicts.ts'
import { isThrowAwayName } from './variables/kinds.ts'
import { type Variables, variablesShape } from './variables.ts'

export type Mode = NonNullable<Variables['MODE']>
export type Settings = Omit<Variables, 'TARGET' | 'MODE' | 'BENCHMARK_SECONDS'> & {
  readonly BENCHMARK_SECONDS: number
  readonly TARGET: string
  readonly MODE: Mode
  /** False when nobody asked for embedded, so that a container may stand in. */
  readonly targetWasNamed: boolean
}

type Raw = Readonly<Record<string, string | undefined>>

/** Parses raw variables. Returns the settings, or every problem found. Empty values count as unset. */
export const parseSettings = (raw: Raw): { settings: Settings } | { problems: readonly Problem[] } => {
  const given = Object.fromEntries(Object.entries(raw).filter(([, value]) => value))
  const issues = variablesShape.safeParse(given).error?.issues ?? []
  const wrong = new Map(issues.map(({ path: [variable], message }) => [String(variable), message]))
  // Without what is wrong, the rest can still be looked at: one run tells all that is to be corrected.
  const { TARGET, MODE, ...rest } = variablesShape.parse(
    Object.fromEntries(Object.entries(given).filter(([name]) => !wrong.has(name))),
  )
  const target = TARGET ?? 'embedded'
  const isThrowAway = isThrowAwayName(target)
  // Many a tool sets DATABASE_URL for another database; a throw-away target does not use it.
  if (isThrowAway && !wrong.has('TARGET')) wrong.delete('DATABASE_URL')
  const conflicts = findConflicts({ TARGET, MODE, ...rest }, wrong.has('TARGET') ? undefined : target)
  const problems = [
    ...[...wrong].map(([variable, allowed]) => ({
      variable,
      value: shownValue(variable, given[variable]),
      allowed,
    })),
    ...conflicts.filter(({ variable }) => !wrong.has(variable)),
  ]
  if (problems.length > 0) return { problems }
  const mode = MODE ?? (isThrowAway ? 'rehearse' : 'check')
  // On small data every query is fast, and more of the same tells nothing more.
  const BENCHMARK_SECONDS = rest.BENCHMARK_SECONDS ?? (isThrowAway && rest.SCALE === 'small' ? 3 : 10)
  return {
    settings: {
      ...rest,
      BENCHMARK_SECONDS,
      TARGET: target,
      MODE: mode,
      targetWasNamed: TARGET !== undefined,
    },
  }
}
