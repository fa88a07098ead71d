import { z } from 'zod'
import { HarnessError } from '../errors/harness-error.ts'
import { quoteName } from '../text/quote.ts'
import type { ReadSession } from './session.ts'

/** One instant of a cluster: its timestamp, and the time of day (UTC) that the server gives for it. */
export const momentShape = z.object({ tso: z.string().regex(/^[1-9]\d*$/), serverTime: z.string() })
export type Moment = z.infer<typeof momentShape>

/** Reads the instant of now with no more than the right to read one table. Throws NO_MOMENT in a database without tables. */
export const readMoment = async (session: ReadSession): Promise<Moment> => {
  const [table] = await session.rows(
    z.object({ name: z.string() }),
    `SELECT TABLE_NAME AS name FROM information_schema.tables
      WHERE LOWER(TABLE_SCHEMA) = LOWER(DATABASE()) AND TABLE_TYPE = 'BASE TABLE' LIMIT 1`,
  )
  if (table === undefined) {
    throw new HarnessError('NO_MOMENT', {
      what: 'The database holds no table that the account may read.',
      next: 'Check the database in DATABASE_URL, and the grants of the account.',
    })
  }
  // Only the read of a stored table gives a transaction its timestamp; TIDB_CURRENT_TSO() came after 7.5.
  await session.setSession('autocommit', 0)
  await session.rows(z.unknown(), `SELECT 1 FROM ${quoteName(table.name)} LIMIT 1`)
  const moment = await session.row(
    momentShape,
    'SELECT CAST(@@tidb_current_ts AS CHAR) AS tso, CAST(TIDB_PARSE_TSO(@@tidb_current_ts) AS CHAR) AS serverTime',
  )
  await session.setSession('autocommit', 1)
  return moment
}

/** From here on the session reads schema and rows as they were at that instant, and nothing can be written in it. */
export const readAt = (session: ReadSession, { tso }: Moment): Promise<void> =>
  session.setSession('tidb_snapshot', tso)
