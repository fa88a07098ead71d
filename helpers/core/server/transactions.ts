import { z } from 'zod'
import { HarnessError } from '../errors/harness-error.ts'
import type { ReadSession } from './session.ts'

const transactionShape = z.object({
  id: z.coerce.string(),
  session: z.coerce.string(),
  user: z.string(),
  /** Where its client is, as address:port; null when the session has just ended. */
  host: z.string().nullable(),
  /** When it began, in UTC. */
  since: z.string(),
  seconds: z.number(),
  state: z.string(),
  /** The normalised text of what it runs, or of all that it ran; null when the server no longer knows. */
  digest: z.string().nullable(),
  tables: z.string().nullable(),
})
export type OpenTransaction = z.infer<typeof transactionShape>

/**
 * Transactions of other sessions on the given tables that are open for longer than `seconds`. Each of
 * them would block a DDL on its table through the metadata lock. Throws 1227 without PROCESS.
 */
export const longTransactions = async (
  session: ReadSession,
  tables: readonly string[],
  seconds: number,
): Promise<OpenTransaction[]> => {
  const ids = await session.rows(
    z.object({ id: z.coerce.string(), name: z.string() }),
    `SELECT TIDB_TABLE_ID AS id, TABLE_NAME AS name FROM information_schema.tables
      WHERE LOWER(TABLE_SCHEMA) = LOWER(DATABASE())`,
  )
  const names = new Set(tables.map((name) => name.toLowerCase()))
  const wanted = new Map(
    ids.filter(({ name }) => names.has(name.toLowerCase())).map(({ id, name }) => [id, name]),
  )
  // START_TIME is in the time zone of the server's machine, whatever the session's is; the id is a timestamp too.
  const open = await session.rows(
    transactionShape,
    `SELECT trx.ID AS id, trx.SESSION_ID AS session, trx.USER AS user, client.HOST AS host,
            DATE_FORMAT(CONVERT_TZ(TIDB_PARSE_TSO(trx.ID), @@time_zone, '+00:00'), '%Y-%m-%d %H:%i:%s UTC') AS since,
            TIMESTAMPDIFF(SECOND, TIDB_PARSE_TSO(trx.ID), NOW(6)) AS seconds, trx.STATE AS state,
            IFNULL(trx.CURRENT_SQL_DIGEST_TEXT, TIDB_DECODE_SQL_DIGESTS(trx.ALL_SQL_DIGESTS)) AS digest,
            trx.RELATED_TABLE_IDS AS tables
       FROM information_schema.cluster_tidb_trx trx
       LEFT JOIN information_schema.cluster_processlist client ON client.ID = trx.SESSION_ID AND client.INSTANCE = trx.INSTANCE
      WHERE trx.SESSION_ID <> CONNECTION_ID()`,
  )
  return open.flatMap((transaction) => {
    const used = (transaction.tables ?? '').split(',').flatMap((id) => wanted.get(id.trim()) ?? [])
    const isLong = transaction.seconds > seconds && used.length > 0
    return isLong ? [{ ...transaction, tables: used.join(', ') }] : []
  })
}

/** One line on a transaction: its id, who holds it from where, since when, on which tables, and what it ran. */
export const describeTransaction = ({
  id,
  session,
  user,
  host,
  since,
  seconds,
  tables,
  digest,
}: OpenTransaction): string =>
  `transaction ${id} of ${user} from ${host ?? 'a client that is gone'} (session ${session}), open since ${since}, ${seconds} s, on ${tables}: ${digest ?? 'the server no longer knows what it ran'}`

/** Throws TRANSACTION_OPEN with every one of them. */
export const assertNoTransactions = (found: readonly OpenTransaction[]): void => {
  if (found.length === 0) return
  throw new HarnessError('TRANSACTION_OPEN', {
    what: `A transaction would block the DDL:\n    ${found.map(describeTransaction).join('\n    ')}`,
    next: `Let it end, or: KILL TIDB ${found[0]?.session}`,
  })
}
