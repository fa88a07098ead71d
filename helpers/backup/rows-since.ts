import { z } from 'zod'
import type { RowHash } from '../core/rows/row-hash.ts'
import type { ReadSession } from '../core/server/session.ts'
import { quoteName } from '../core/text/quote.ts'

/** A table that has not as many rows as it had. */
export interface RowsSince {
  readonly table: string
  readonly before: number
  readonly now: number
}

/** The tables that got or lost rows since the record was made. Rows that only changed their values are not counted. */
export const countRowsSince = async (
  session: ReadSession,
  before: readonly RowHash[],
): Promise<RowsSince[]> => {
  const since: RowsSince[] = []
  for (const { table, rows } of before) {
    const { now } = await session.row(
      z.object({ now: z.number() }),
      `SELECT COUNT(*) AS now FROM ${quoteName(table)}`,
    )
    if (now !== rows) since.push({ table, before: rows, now })
  }
  return since
}
