import { pollUntil } from '../../helpers/core/async/poll-until.ts'
import type { Index } from '../../helpers/core/schema/model.ts'
import type { WriteSession } from '../../helpers/core/server/session.ts'
import { quoteName } from '../../helpers/core/text/quote.ts'
import { unseenTables } from '../../helpers/migrate/apply/statistics/seen-statistics.ts'

const patienceMs = 60_000

/** Analyzes tables again until the planner knows these indexes: on a busy machine it may pass over an ANALYZE. */
export const settleStatistics = async (session: WriteSession, indexes: readonly Index[]): Promise<void> => {
  let unseen: string[] = []
  const areAllSeen = async () => {
    unseen = await unseenTables(session, indexes)
    for (const table of unseen) await session.run(`ANALYZE TABLE ${quoteName(table)}`)
    return unseen.length === 0
  }
  const late = () => new Error(`the planner misses the statistics of ${unseen.join(', ')}`)
  await pollUntil(areAllSeen, { everyMs: 1_000, limitMs: patienceMs, late })
}
