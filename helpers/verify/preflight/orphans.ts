import { z } from 'zod'
import { HarnessError } from '../../core/errors/harness-error.ts'
import { type ForeignKey, findTable, type Snapshot, type Table } from '../../core/schema/model.ts'
import { rowShapeOf } from '../../core/schema/settable-columns.ts'
import type { ReadSession } from '../../core/server/session.ts'
import { quoteName } from '../../core/text/quote.ts'

const shownRows = 10

/** Rows whose parent is missing. TiDB keeps foreign keys since 6.6 only, so older rows may have none. */
export interface Orphans {
  readonly count: number
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
 * foreign key where values are to be shown. One join over both tables: a parent with a NULL in its key is nobody's parent,
 * while the server's own check takes every orphan then (#71529).
 */
export const findOrphans = async (
  session: ReadSession,
  table: Table,
  key: ForeignKey,
  showValues: boolean,
): Promise<Orphans> => {
  const pairs = key.columns.map((column, at) => ({ own: column, other: key.referencedColumns[at] ?? '' }))
  const on = pairs
    .map(({ own, other }) => `child.${quoteName(own)} = parent.${quoteName(other)}`)
    .join(' AND ')
  const set = pairs.map(({ own }) => `child.${quoteName(own)} IS NOT NULL`).join(' AND ')
  const from = `FROM ${quoteName(key.table)} AS child LEFT JOIN ${quoteName(key.referencedTable)} AS parent ON ${on}
    WHERE ${set} AND parent.${quoteName(pairs[0]?.other ?? '')} IS NULL`
  const { count } = await session.row(z.object({ count: z.number() }), `SELECT COUNT(*) AS \`count\` ${from}`)
  const names = [...rowShapeOf(table).key, ...(showValues ? key.columns : [])]
  const shown = [...new Set(names)].map((name) => `child.${quoteName(name)}`)
  const first =
    count === 0
      ? []
      : await session.rows(
          z.record(z.string(), z.unknown()),
          `SELECT ${shown.join(', ')} ${from} ORDER BY ${shown.join(', ')} LIMIT ${shownRows}`,
        )
  return { count, first }
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
