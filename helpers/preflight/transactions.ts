import { z } from 'zod'
import type { ReadSession } from '../target/session.ts'

const transactionShape = z.object({
  id: z.coerce.string(),
  session: z.coerce.string(),
  user: z.string(),
  seconds: z.number(),
  state: z.string(),
  digest: z.string().nullable(),
  tables: z.string().nullable(),
})
export type OpenTransaction = z.infer<typeof transactionShape>

/**
 * Transactions of other sessions on the given tables that are open for longer than `seconds`. Each of
 * them would block a DDL on its table through the metadata lock. Without PROCESS only the account's own show.
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
    `SELECT ID AS id, SESSION_ID AS session, USER AS user, TIMESTAMPDIFF(SECOND, TIDB_PARSE_TSO(ID), NOW(6)) AS seconds,
            STATE AS state, CURRENT_SQL_DIGEST_TEXT AS digest, RELATED_TABLE_IDS AS tables
       FROM information_schema.cluster_tidb_trx WHERE SESSION_ID <> CONNECTION_ID()`,
  )
  return open.flatMap((transaction) => {
    const used = (transaction.tables ?? '').split(',').flatMap((id) => wanted.get(id.trim()) ?? [])
    const isLong = transaction.seconds > seconds && used.length > 0
    return isLong ? [{ ...transaction, tables: used.join(', ') }] : []
  })
}
