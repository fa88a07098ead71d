import { escapeId, escape as escapeValue } from 'mysql2'
import type { SqlValue } from '../../core/server/session.ts'
import type { TableRows } from './table-rows.ts'

/** One INSERT of several rows. */
export interface InsertBatch {
  readonly table: TableRows
  readonly sql: string
  readonly rows: number
}

// Escaping is slow and nearly no value needs it.
const NEEDS_ESCAPING = /['\\\p{Cc}]/u

const literal = (value: SqlValue): string => {
  if (value === null) return 'NULL'
  if (typeof value === 'string') return NEEDS_ESCAPING.test(value) ? escapeValue(value) : `'${value}'`
  return String(value)
}

/** Cuts the rows of all tables into INSERT statements, made one by one as they are asked for. */
export function* insertBatches(tables: readonly TableRows[], batchRows: number): Generator<InsertBatch> {
  for (const table of tables) {
    const names = table.columns.map((name) => escapeId(name, true)).join(',')
    const head = `INSERT INTO ${escapeId(table.table, true)} (${names}) VALUES\n`
    let values: string[] = []
    for (const row of table.rows) {
      values.push(`(${row.map(literal).join(',')})`)
      if (values.length < batchRows) continue
      yield { table, sql: head + values.join(',\n'), rows: values.length }
      values = []
    }
    if (values.length > 0) yield { table, sql: head + values.join(',\n'), rows: values.length }
  }
}
