import type { SqlValue } from '../../core/server/session.ts'

/** One table's rows, in insertion order. `rows` can be read more than once and gives the same rows each time. */
export interface TableRows {
  readonly table: string
  readonly columns: readonly string[]
  readonly rows: Iterable<readonly SqlValue[]>
  /** How many rows `rows` gives. */
  readonly count: number
}

/** How much data to make. What it means in rows is the business of each generator. */
export type Scale = 'small' | 'medium' | 'standard' | 'large'

export interface DataOptions {
  /** Any integer. The same seed gives the same rows on every machine. */
  readonly seed: number
  readonly scale: Scale
}

type TableRow<Name extends string> = Readonly<Record<Name, SqlValue>>

/**
 * Describes a table by a function that makes its rows, each row an object keyed by column.
 *
 * Nothing runs until `rows` is read, and each reading starts `make` anew.
 */
export const tableRows = <const Name extends string>(
  table: string,
  count: number,
  columns: readonly Name[],
  make: () => Iterable<TableRow<Name>>,
): TableRows => ({
  table,
  columns,
  count,
  rows: {
    *[Symbol.iterator]() {
      for (const row of make()) yield columns.map((name) => row[name])
    },
  },
})
