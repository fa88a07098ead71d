import { z } from 'zod'
import type { ReadSession } from '../server/session.ts'

const usedRow = z.object({ used: z.coerce.number() })

/**
 * Whether a binding chose the plan of the session's last statement; ask at once, before any other.
 *
 * TiDB sets @@last_plan_from_binding for a plain EXPLAIN too. @@last_plan_from_cache stays 0 there: only
 * FORMAT='plan_cache' looks into the plan cache.
 */
export const usedBinding = async (session: ReadSession): Promise<boolean> =>
  (await session.row(usedRow, 'SELECT @@last_plan_from_binding AS used')).used === 1

/**
 * Runs `work` with bindings off in this session, and turns them on again.
 *
 * Only for a session that has just used one: a binding throws the query's own hints away.
 */
export const withoutBindings = async <T>(session: ReadSession, work: () => Promise<T>): Promise<T> => {
  await session.setSession('tidb_use_plan_baselines', 'OFF')
  try {
    return await work()
  } finally {
    await session.setSession('tidb_use_plan_baselines', 'ON')
  }
}
