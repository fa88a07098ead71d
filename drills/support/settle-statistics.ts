import { setTimeout as sleep } from 'node:timers/promises'
import type { Index } from '../../helpers/core/schema/model.ts'
import type { WriteSession } from '../../helpers/core/server/session.ts'
import { quoteName } from '../../helpers/core/text/quote.ts'
import { unseenTables } from '../../helpers/migrate/apply/statistics/seen-statistics.ts'

const patienceMs = 60_000

/** Analyzes tables again until the planner knows these indexes: on a busy machine it may pass over an ANALYZE. */
export const settleStatistics = async (session: WriteSession, indexes: readonly Index[]): Promise<void> => {
  const giveUpAt = performance.now() + patienceMs
  for (;;) {
    const unseen = await unseenTables(session, indexes)
    if (unseen.length === 0) return
    if (performance.now() > giveUpAt)
      throw new Error(`the planner misses the statistics of ${unseen.join(', ')}`)
    for (const table of unseen) await session.run(`ANALYZE TABLE ${quoteName(table)}`)
    await sleep(1_000)
  }
}
