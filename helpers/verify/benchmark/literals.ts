import { z } from 'zod'
import type { Column, Table } from '../../core/schema/model.ts'
import type { ReadSession } from '../../core/server/session.ts'
import { quoteName } from '../../core/text/quote.ts'

/** A row as SQL: the literal of each column, by the column's name. */
export type LiteralRow = Readonly<Record<string, string>>

const isBinary = ({ type }: Column) => /^(?:.*blob|.*binary)/i.test(type)

// The server writes them, so that every type comes back as it was; QUOTE makes the word NULL of a NULL.
const literalExpression = (column: Column): string => {
  const name = quoteName(column.name)
  if (/^bit\b/i.test(column.type)) return `IFNULL(CONCAT("b'", BIN(${name}), "'"), 'NULL')`
  if (isBinary(column)) return `IFNULL(CONCAT("X'", HEX(${name}), "'"), 'NULL')`
  return `QUOTE(${column.type === 'json' ? `CAST(${name} AS CHAR)` : name})`
}

/** The columns that an INSERT may name. */
export const writableColumns = ({ columns }: Table): Column[] => columns.filter(({ generated }) => !generated)

/** The clause that puts a table's rows in one order; empty without a primary key. */
export const inKeyOrder = ({ name, primaryKey }: Table): string =>
  // With the table's name, or a literal that is called like the column would be taken.
  primaryKey.length === 0
    ? ''
    : ` ORDER BY ${primaryKey.map((column) => `${quoteName(name)}.${quoteName(column)}`).join(', ')}`

/** Rows of a table as SQL literals, from place `from` in the order of its key. */
export const readLiterals = (
  session: ReadSession,
  table: Table,
  from: number,
  count: number,
): Promise<LiteralRow[]> => {
  const columns = writableColumns(table).map(
    (column) => `${literalExpression(column)} AS ${quoteName(column.name)}`,
  )
  return session.rows(
    z.record(z.string(), z.string()),
    `SELECT ${columns.join(', ')} FROM ${quoteName(table.name)}${inKeyOrder(table)} LIMIT ${from}, ${count}`,
  )
}
