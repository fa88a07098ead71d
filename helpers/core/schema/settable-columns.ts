import { columnsIn } from './definition.ts'
import type { Column, Table } from './model.ts'

/** A table as a probe sees it. */
export interface RowShape {
  readonly table: Table
  /** The columns that INSERT and UPDATE may set. */
  readonly settable: readonly Column[]
  /** The expressions of the generated columns, in the order of the table. */
  readonly generated: ReadonlyMap<string, string>
  /** What names one row: the primary key, else the row id that TiDB keeps where there is none. */
  readonly key: readonly string[]
}

const generatedEntry = /^`((?:[^`]|``)+)` [\s\S]*? GENERATED ALWAYS AS \(([\s\S]*)\) (?:VIRTUAL|STORED)\b/

export const rowShapeOf = (table: Table): RowShape => {
  const generated = new Map(
    table.rest.flatMap((entry): [string, string][] => {
      const [, name, expression] = generatedEntry.exec(entry) ?? []
      return name === undefined || expression === undefined ? [] : [[name.replaceAll('``', '`'), expression]]
    }),
  )
  return {
    table,
    generated,
    settable: table.columns.filter(({ name }) => !generated.has(name)),
    key: table.primaryKey.length === 0 ? ['_tidb_rowid'] : table.primaryKey,
  }
}

/** The columns to set for a clause to change: those that it names, and those that its generated columns are made of. */
export const settableColumnsOf = (shape: RowShape, clause: string): string[] => {
  const expressions = new Map([...shape.generated].map(([name, text]) => [name.toLowerCase(), text]))
  const seen = new Set<string>()
  const follow = (text: string): void => {
    for (const name of columnsIn(text).map((column) => column.toLowerCase())) {
      if (seen.has(name)) continue
      seen.add(name)
      follow(expressions.get(name) ?? '')
    }
  }
  follow(clause)
  return shape.settable.map(({ name }) => name).filter((name) => seen.has(name.toLowerCase()))
}
