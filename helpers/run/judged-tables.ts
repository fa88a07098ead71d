import { once } from '../core/record/memo.ts'
import { reasonNotJudgeable } from '../verify/judgeable/judgeable.ts'
import type { Section } from './section.ts'

/**
 * Why what the planner of the target chooses for a table is not judged, asked once for each table; undefined where it is,
 * which is on every throw-away server.
 */
export const reasonsNotJudged = ({
  context,
  read,
}: Section): ((table: string) => Promise<string | undefined>) => {
  const { settings, target } = context
  const from = { rows: settings.JUDGE_ROWS, health: settings.STATISTICS_HEALTH }
  const reasons = new Map<string, () => Promise<string | undefined>>()
  return async (table) => {
    if (target.token !== null) return undefined
    const known =
      reasons.get(table) ?? once(() => read((session) => reasonNotJudgeable(session, table, from)))
    reasons.set(table, known)
    return known()
  }
}
