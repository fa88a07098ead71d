import { z } from 'zod'
import { HarnessError } from '../../core/errors/harness-error.ts'
import type { ReadSession } from '../../core/server/session.ts'
import { sameName } from '../../core/text/names.ts'
import { analyzeStatement } from '../../migrate/folder/statements.ts'
import { type Available, askIfThere } from './available.ts'

/** How much of a table's statistics is still true, in percent. */
export interface Health {
  readonly table: string
  readonly percent: number
  /** As the statistics have them. */
  readonly rows: number
}

// A single change of two rows is half of them; TiDB itself analyzes no table of fewer than 1,000 rows again.
const judgedFrom = 100

const counted = z.object({ Table_name: z.string(), Row_count: z.coerce.number() })
const row = z.object({ Table_name: z.string(), Healthy: z.coerce.number() })

/** The health of the statistics of the session's database, per table; tables without statistics are missing. */
export const readHealth = (session: ReadSession): Promise<Available<Health[]>> =>
  askIfThere('SHOW STATS_HEALTHY, which needs SELECT on mysql.*,', async () => {
    const rows = await session.rows(row, 'SHOW STATS_HEALTHY WHERE LOWER(Db_name) = LOWER(DATABASE())')
    const counts = await session.rows(counted, 'SHOW STATS_META WHERE LOWER(Db_name) = LOWER(DATABASE())')
    // A partitioned table has a line for each partition: the least of them counts.
    return [...Map.groupBy(rows, ({ Table_name }) => Table_name)].map(([table, own]) => ({
      table,
      percent: Math.min(...own.map(({ Healthy }) => Healthy)),
      rows: Math.max(
        0,
        ...counts.filter(({ Table_name }) => Table_name === table).map(({ Row_count }) => Row_count),
      ),
    }))
  })

/** Why the health of a table's statistics says nothing; undefined where it does. */
export const reasonNotToJudge = (table: string, health: readonly Health[]): string | undefined => {
  const found = health.find((item) => sameName(item.table, table))
  return found === undefined || found.rows >= judgedFrom
    ? undefined
    : `${table} has ${found.rows} rows: below ${judgedFrom}, a few changes are most of them, and every plan is fast`
}

/** Throws STATISTICS_STALE when a table's statistics are less healthy than `minimum` percent, or missing. */
export const assertHealthy = (table: string, health: readonly Health[], minimum: number): void => {
  const found = health.find((item) => sameName(item.table, table))
  if (found !== undefined && found.percent >= minimum) return
  throw new HarnessError('STATISTICS_STALE', {
    what:
      found === undefined
        ? `${table} has no statistics.`
        : `The statistics of ${table} are ${found.percent} % healthy; ${minimum} % is the least (STATISTICS_HEALTH).`,
    why: 'The planner chooses indexes by them.',
    next: analyzeStatement(table),
    fields: { table, percent: found?.percent },
  })
}
