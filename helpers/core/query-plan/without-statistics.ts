import { z } from 'zod'
import type { ReadSession } from '../server/session.ts'

const named = z.object({ place: z.string(), name: z.string() })

/**
 * What TiDB keeps no statistics of in the session's database, as `table.name` in lower case: virtual columns, columns of JSON,
 * multi-valued indexes.
 */
export const namesWithoutStatistics = async (session: ReadSession): Promise<string[]> => {
  const columns = await session.rows(
    named,
    `SELECT TABLE_NAME AS place, COLUMN_NAME AS name FROM information_schema.columns
      WHERE LOWER(TABLE_SCHEMA) = LOWER(DATABASE()) AND (EXTRA LIKE '%VIRTUAL GENERATED%' OR DATA_TYPE = 'json')`,
  )
  const indexes = await session.rows(
    named,
    `SELECT TABLE_NAME AS place, KEY_NAME AS name FROM information_schema.tidb_indexes
      WHERE LOWER(TABLE_SCHEMA) = LOWER(DATABASE()) AND LOWER(Expression) LIKE '% array)'`,
  )
  return [...columns, ...indexes].map(({ place, name }) => `${place}.${name}`.toLowerCase())
}
