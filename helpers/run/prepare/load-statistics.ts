import { z } from 'zod'
import { withWorkers } from '../../core/async/workers.ts'
import type { WriteSession } from '../../core/server/session.ts'
import { quoteName } from '../../core/text/quote.ts'

const indexed = z.object({ table: z.string(), column: z.string() })

/**
 * Makes a server that has just started load the statistics of all indexes of a database. After a start it has them on
 * disk only, and loads what a query needs while the query waits for 100 ms at most; after a load, they are in memory.
 */
export const loadIndexStatistics = async (
  connect: () => Promise<WriteSession>,
  database: string,
  connections: number,
): Promise<void> => {
  await using session = await connect()
  const columns = await session.rows(
    indexed,
    'SELECT DISTINCT TABLE_NAME AS `table`, COLUMN_NAME AS `column` FROM information_schema.statistics WHERE TABLE_SCHEMA = ? AND COLUMN_NAME IS NOT NULL',
    [database],
  )
  const byTable = Map.groupBy(columns, ({ table }) => table)
  await withWorkers(connections, byTable, connect, async ([table, items], own) => {
    const condition = items.map(({ column }) => `${quoteName(column)} = 1`).join(' OR ')
    await own.rows(z.unknown(), `EXPLAIN SELECT 1 FROM ${quoteName(table)} WHERE ${condition}`)
  })
}
