import { z } from 'zod'
import type { ReadSession } from '../server/session.ts'
import { sum } from '../text/numbers.ts'

/** Rows of each table as the server's statistics have them, by the table's name in lower case. Exact counts would read it all. */
export const readRowEstimates = async (session: ReadSession): Promise<Map<string, number>> => {
  const rows = await session.rows(
    z.object({ name: z.string(), rows: z.coerce.number().nullable() }),
    `SELECT TABLE_NAME AS name, TABLE_ROWS AS \`rows\` FROM information_schema.tables
      WHERE LOWER(TABLE_SCHEMA) = LOWER(DATABASE())`,
  )
  return new Map(rows.map(({ name, rows: count }) => [name.toLowerCase(), count ?? 0]))
}

/** Rows of all tables together, as the server's statistics have them. */
export const readTotalRows = async (session: ReadSession): Promise<number> =>
  sum([...(await readRowEstimates(session)).values()])
