import { z } from 'zod'
import type { Column, Table } from '../schema/model.ts'
import type { ReadSession } from '../server/session.ts'
import { quoteName } from '../text/quote.ts'

/** A hash over every row of a table. Two tables with the same rows have the same hash, in any order. */
export interface RowHash {
  readonly table: string
  readonly rows: number
  readonly hash: string
}

/** A condition by table: the rows for which it is true are no part of the hash. A NULL is not true. */
export type RowsToLeaveOut = Readonly<Record<string, string>>

const isText = ({ type }: Column) => /^(?:.*char|.*text|.*blob|.*binary|enum|set|json|bit)/i.test(type)

// HEX keeps bytes apart that a collation would call equal, and no text can look like the NULL mark or the separator.
const encode = (column: Column): string => {
  const name = quoteName(column.name)
  const text = isText(column)
    ? `HEX(${column.type === 'json' ? `CAST(${name} AS CHAR)` : name})`
    : `CAST(${name} AS CHAR)`
  return `IFNULL(${text}, '~')`
}

// ADMIN CHECKSUM TABLE is a constant on the embedded store and holds the table's id elsewhere, so it proves nothing.
const hashQuery = (table: Table, leftOut: string | undefined): string => {
  const digest = `MD5(CONCAT_WS('|', ${table.columns.map(encode).join(', ')}))`
  const half = (start: number) => `CAST(CONV(SUBSTRING(row_digest, ${start}, 16), 16, 10) AS UNSIGNED)`
  return `SELECT COUNT(*) AS row_count, CONCAT(IFNULL(BIT_XOR(${half(1)}), 0), '-', IFNULL(SUM(${half(17)}), 0)) AS digest
    FROM (SELECT ${digest} AS row_digest FROM ${quoteName(table.name)}${leftOut === undefined ? '' : ` WHERE (${leftOut}) IS NOT TRUE`}) AS digests`
}

const hashShape = z.object({ row_count: z.number(), digest: z.string() })

/**
 * Hashes every row of each table that is not left out, all columns, NULL kept apart from every text. One full read a table.
 * Swapped values change the hash, because a row's key is hashed with them.
 */
export const readRowHashes = async (
  session: ReadSession,
  tables: readonly Table[],
  leaveOut: RowsToLeaveOut = {},
): Promise<RowHash[]> => {
  const hashes: RowHash[] = []
  for (const table of tables) {
    const found = await session.row(hashShape, hashQuery(table, leaveOut[table.name]))
    hashes.push({ table: table.name, rows: found.row_count, hash: found.digest })
  }
  return hashes
}
