import { z } from 'zod'
import type { ReadSession } from '../server/session.ts'

export const tableIdsShape = z.array(z.object({ name: z.string(), id: z.coerce.string() }))
/** The number that the cluster gave each table when it was made. */
export type TableIds = z.infer<typeof tableIdsShape>

export const readTableIds = (session: ReadSession): Promise<TableIds> =>
  session.rows(
    tableIdsShape.element,
    `SELECT TABLE_NAME AS name, TIDB_TABLE_ID AS id FROM information_schema.tables
      WHERE LOWER(TABLE_SCHEMA) = LOWER(DATABASE()) AND TABLE_TYPE = 'BASE TABLE'`,
  )

/** The tables of both that have another number now: they are of another cluster, or were made anew, as TRUNCATE does. */
export const otherTables = (before: TableIds, now: TableIds): string[] => {
  const was = new Map(before.map(({ name, id }) => [name.toLowerCase(), id]))
  return now.filter(({ name, id }) => (was.get(name.toLowerCase()) ?? id) !== id).map(({ name }) => name)
}

/** True when a table is still the one it was. Where none is, another cluster stands there, or a copy that was restored. */
export const haveTableInCommon = (before: TableIds, now: TableIds): boolean => {
  const was = new Map(before.map(({ name, id }) => [name.toLowerCase(), id]))
  return now.some(({ name, id }) => was.get(name.toLowerCase()) === id)
}
