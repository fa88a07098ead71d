import { z } from 'zod'
import { HarnessError } from '../../core/errors/harness-error.ts'
import type { Index, Table } from '../../core/schema/model.ts'
import type { ReadSession } from '../../core/server/session.ts'

export const storageShape = z.object({
  table: z.string(),
  rows: z.number(),
  dataBytes: z.number(),
  indexBytes: z.number(),
})
export type Storage = z.infer<typeof storageShape>

/**
 * How large the server takes each table of the session's database to be.
 *
 * It reckons with the statistics: rows times the average width of columns, before compression and without replicas.
 * What lies on the disks only the storage nodes know, and the embedded one has none.
 */
export const readStorage = (session: ReadSession): Promise<Storage[]> =>
  session.rows(
    z.object({
      table: z.string(),
      rows: z.coerce.number(),
      dataBytes: z.coerce.number(),
      indexBytes: z.coerce.number(),
    }),
    `SELECT TABLE_NAME AS \`table\`, TABLE_ROWS AS \`rows\`, DATA_LENGTH AS dataBytes, INDEX_LENGTH AS indexBytes
       FROM information_schema.tables
      WHERE LOWER(TABLE_SCHEMA) = LOWER(DATABASE()) AND TABLE_TYPE = 'BASE TABLE' ORDER BY TABLE_NAME`,
  )

export const totalOf = (storage: readonly Storage[]) => ({
  dataBytes: storage.reduce((sum, { dataBytes }) => sum + dataBytes, 0),
  indexBytes: storage.reduce((sum, { indexBytes }) => sum + indexBytes, 0),
})

/** Whether the server reckons with the bytes of an index: it has no width of what has no statistics, and none of expressions. */
export const isReckoned = ({ parts }: Index, table: Table | undefined): boolean =>
  parts.some(
    (part) =>
      'column' in part && table?.columns.some(({ name, generated }) => name === part.column && !generated),
  )

/** Throws STORAGE_NOT_GROWN when the server reckons with no more bytes for indexes although some were added. */
export const assertIndexesGrew = (before: Storage, after: Storage): void => {
  if (after.rows === 0 || after.indexBytes > before.indexBytes) return
  throw new HarnessError('STORAGE_NOT_GROWN', {
    what: `${after.table} got new indexes, but the server reckons with ${after.indexBytes} bytes of indexes after ${before.indexBytes} before.`,
    next: `See whether the indexes are there (06), and refresh the statistics: ANALYZE TABLE ${after.table}`,
  })
}
