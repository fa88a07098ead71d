import { z } from 'zod'
import { HarnessError } from '../../core/errors/harness-error.ts'
import { type ScanLimits, type Scanned, scanTable, wholeTables } from '../../core/rows/scan.ts'
import { type ForeignKey, findTable, type Snapshot, type Table } from '../../core/schema/model.ts'
import { rowShapeOf } from '../../core/schema/settable-columns.ts'
import type { ReadSession } from '../../core/server/session.ts'
import { quoteName } from '../../core/text/quote.ts'

const shownRows = 10
const countRow = z.object({ count: z.number() })

/** Rows whose parent is missing. TiDB keeps foreign keys since 6.6 only, so older rows may have none. */
export interface Orphans {
  readonly count: number
  /** How much of the table was looked at. */
  readonly scanned: Scanned
  readonly first: readonly Record<string, unknown>[]
}

/** Whether a schema has both tables of a foreign key, with the columns that it joins. */
export const hasKey = (snapshot: Snapshot, key: ForeignKey): boolean => {
  const has = (table: string, columns: readonly string[]) => {
    const names = findTable(snapshot, table)?.columns.map(({ name }) => name.toLowerCase())
    return columns.every((column) => names?.includes(column.toLowerCase()))
  }
  return has(key.table, key.columns) && has(key.referencedTable, key.referencedColumns)
}

/**
 * Counts the rows of a foreign key whose parent does not exist, and shows the keys of the first ten, with the columns of the
 * foreign key where values are to be shown. One join over both tables, in chunks of the child, as far as the budget goes: a
 * parent with a NULL in its key is nobody's parent, while the server's own check takes every orphan then (#71529).
 */
export const findOrphans = async (
  session: ReadSession,
  table: Table,
  key: ForeignKey,
  { showValues, limits = wholeTables }: { showValues: boolean; limits?: ScanLimits },
): Promise<Orphans> => {
  const pairs = key.columns.map((column, at) => ({ own: column, other: key.referencedColumns[at] ?? '' }))
  const on = pairs
    .map(({ own, other }) => `child.${quoteName(own)} = parent.${quoteName(other)}`)
    .join(' AND ')
  const keys = rowShapeOf(table).key
  const kept = [...new Set([...keys, ...key.columns])].map(quoteName).join(', ')
  const set = key.columns.map((column) => `${quoteName(column)} IS NOT NULL`).join(' AND ')
  const shown = [...new Set([...keys, ...(showValues ? key.columns : [])])].map(
    (name) => `child.${quoteName(name)}`,
  )
  let count = 0
  const first: Record<string, unknown>[] = []
  const scanned = await scanTable(session, table, limits, async ({ where, values }) => {
    const from = `FROM (SELECT ${kept} FROM ${quoteName(key.table)} WHERE ${where} AND ${set}) AS child LEFT JOIN ${quoteName(key.referencedTable)} AS parent ON ${on} WHERE parent.${quoteName(pairs[0]?.other ?? '')} IS NULL`
    const row = await session.row(countRow, `SELECT COUNT(*) AS \`count\` ${from}`, values)
    count += row.count
    const open = shownRows - first.length
    if (row.count === 0 || open === 0) return
    const sql = `SELECT ${shown.join(', ')} ${from} ORDER BY ${shown.join(', ')} LIMIT ${open}`
    first.push(...(await session.rows(z.record(z.string(), z.unknown()), sql, values)))
  })
  return { count, first, scanned }
}

/** Throws ORPHANS with the first rows, when a foreign key has rows without a parent. */
export const assertNoOrphans = ({ count, first }: Orphans, key: ForeignKey): void => {
  if (count === 0) return
  throw new HarnessError('ORPHANS', {
    what: `${count} rows of ${key.table} name a ${key.referencedTable} that does not exist. The first: ${JSON.stringify(first)}`,
    next: `Give them a parent, or delete them, by hand: the key is ${key.columns.join(', ')}.`,
    fields: { count },
  })
}
