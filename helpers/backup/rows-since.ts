import { z } from 'zod'
import type { RowHash } from '../core/rows/row-hash.ts'
import type { Table } from '../core/schema/model.ts'
import type { ReadSession, WriteSession } from '../core/server/session.ts'
import { quoteName } from '../core/text/quote.ts'

/** Rows that were written as copies of others, and how to find them again. */
export interface CopiedRows {
  readonly table: string
  readonly rows: number
  /** Deletes them. */
  readonly undo: string
}

const isCopyable = ({ columns, primaryKey, indexes }: Table): boolean =>
  primaryKey.length === 1 &&
  columns.some(({ name, autoIncrement }) => autoIncrement && name === primaryKey[0]) &&
  indexes.every(({ unique, name }) => !unique || name === 'PRIMARY')

/**
 * Writes copies of up to `rows` rows of one table, under new keys: rows that are good wherever the old ones are.
 * Returns undefined when no table numbers its rows and has no other unique index, or none of those has a row.
 */
export const copyRows = async (
  session: WriteSession,
  tables: readonly Table[],
  rows: number,
): Promise<CopiedRows | undefined> => {
  for (const { name, columns, primaryKey } of tables.filter(isCopyable)) {
    const [table, key] = [quoteName(name), quoteName(primaryKey[0] ?? '')]
    const copied = columns
      .filter((column) => !column.autoIncrement && !column.generated)
      .map((column) => quoteName(column.name))
      .join(', ')
    const { last } = await session.row(
      z.object({ last: z.coerce.string() }),
      `SELECT IFNULL(MAX(${key}), 0) AS last FROM ${table}`,
    )
    const { affectedRows } = await session.run(
      `INSERT INTO ${table} (${copied}) SELECT ${copied} FROM ${table} ORDER BY ${key} LIMIT ${rows}`,
    )
    if (affectedRows > 0)
      return { table: name, rows: affectedRows, undo: `DELETE FROM ${table} WHERE ${key} > ${last}` }
  }
  return undefined
}

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
