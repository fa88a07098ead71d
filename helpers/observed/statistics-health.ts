import { z } from 'zod'
import type { ReadSession } from '../target/session.ts'
import { type Available, askIfThere } from './available.ts'

/** How much of a table's statistics is still true, in percent. */
export interface Health {
  readonly table: string
  readonly percent: number
}

const row = z.object({ Table_name: z.string(), Healthy: z.coerce.number() })

/** The health of the statistics of the session's database, per table; tables without statistics are missing. */
export const readHealth = (session: ReadSession): Promise<Available<Health[]>> =>
  askIfThere('SHOW STATS_HEALTHY', async () => {
    const rows = await session.rows(row, 'SHOW STATS_HEALTHY WHERE LOWER(Db_name) = LOWER(DATABASE())')
    // A partitioned table has a line for each partition: the least of them counts.
    return [...Map.groupBy(rows, ({ Table_name }) => Table_name)].map(([table, own]) => ({
      table,
      percent: Math.min(...own.map(({ Healthy }) => Healthy)),
    }))
  })
