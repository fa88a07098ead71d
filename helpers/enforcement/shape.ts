import { columnsIn, quoteName } from '../schema/definition.ts'
import type { Column, Constraint, Table } from '../schema/model.ts'

/** A table as a probe sees it. */
export interface Shape {
  readonly table: Table
  /** The columns that INSERT and UPDATE may set. */
  readonly settable: readonly Column[]
  /** The expressions of the generated columns, in the order of the table. */
  readonly generated: ReadonlyMap<string, string>
  /** What names one row: the primary key, else the row id that TiDB keeps where there is none. */
  readonly key: readonly string[]
}

const generatedEntry = /^`((?:[^`]|``)+)` [\s\S]*? GENERATED ALWAYS AS \(([\s\S]*)\) (?:VIRTUAL|STORED)\b/

export const shapeOf = (table: Table): Shape => {
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

export const orderByKey = ({ key }: Shape): string => `ORDER BY ${key.map(quoteName).join(', ')}`

/** The columns to set for a clause to change: those that it names, and those that its generated columns are made of. */
export const settableColumnsOf = (shape: Shape, clause: string): string[] => {
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

/** Sets of one, then two, then three columns: the smaller the change, the surer what the server refuses. */
const subsets = <T>(items: readonly T[]): T[][] => {
  const ones = items.map((item, at) => ({ set: [item], last: at }))
  const grow = (grown: { set: T[]; last: number }) =>
    items.flatMap((item, at) => (at > grown.last ? [{ set: [...grown.set, item], last: at }] : []))
  const twos = ones.flatMap(grow)
  return [...ones, ...twos, ...twos.flatMap(grow)].map(({ set }) => set)
}

/**
 * Which columns to change, in the order to try: those of the clause; then with those of clauses that share
 * a column with it, because `quantity = 0` also breaks `max_per_order <= quantity` unless that is NULL.
 */
export const columnSets = (shape: Shape, clause: string, others: readonly Constraint[]): string[][] => {
  const own = settableColumnsOf(shape, clause)
  const shared = others
    .map((other) => settableColumnsOf(shape, other.clause))
    .filter((columns) => columns.some((name) => own.includes(name)))
    .flat()
    .filter((name) => !own.includes(name))
  const wider = subsets([...own, ...new Set(shared)])
  const touchesBoth = (set: readonly string[]) =>
    own.includes(set[0] ?? '') && set.some((name) => !own.includes(name))
  return [...subsets(own), ...wider.filter(touchesBoth)]
}
