import { z } from 'zod'
import { recordPer } from '../../core/record/record.ts'
import type { RunFolder } from '../../core/record/run-folder.ts'
import type { ReadSession } from '../../core/server/session.ts'
import { readSlowQueries, slowQueriesShape } from './slow-queries.ts'
import { readSeenStatements, statementsShape } from './statements.ts'
import { readStorage, storageShape } from './storage.ts'

const unavailable = z.object({ reason: z.string() })

const serverStatsShape = z.object({
  /** By the server's clock. */
  at: z.string(),
  statements: z.union([z.object({ found: statementsShape }), unavailable]),
  slowQueries: z.union([z.object({ found: slowQueriesShape }), unavailable]),
  storage: z.array(storageShape),
})

/** What a server had seen at one moment. */
export type ServerStats = z.infer<typeof serverStatsShape>
type BeforeOrAfter = 'before' | 'after'

const serverStatsRecord = recordPer<ServerStats>('observed-<name>.json', serverStatsShape)
const clockShape = z.object({ at: z.string(), anHourAgo: z.string() })

/** What was recorded on one side of the migration; undefined when it was not. */
export const findServerStats = (run: RunFolder, side: BeforeOrAfter): ServerStats | undefined =>
  serverStatsRecord(side).find(run)

/** Reads what the server has seen, and puts it on record. The slow log: of the hour before, or since the record of before. */
export const recordServerStats = async (
  session: ReadSession,
  run: RunFolder,
  side: BeforeOrAfter,
): Promise<ServerStats> => {
  const { at, anHourAgo } = await session.row(
    clockShape,
    'SELECT NOW() AS at, NOW() - INTERVAL 1 HOUR AS anHourAgo',
  )
  const since = side === 'before' ? anHourAgo : (findServerStats(run, 'before')?.at ?? anHourAgo)
  const serverStats: ServerStats = {
    at,
    statements: await readSeenStatements(session),
    slowQueries: await readSlowQueries(session, since),
    storage: await readStorage(session),
  }
  serverStatsRecord(side).write(run, serverStats)
  return serverStats
}
