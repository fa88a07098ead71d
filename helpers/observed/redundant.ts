import type { Index, Snapshot } from '../schema/model.ts'

/** An index that another one of its table can stand in for. */
export interface Redundant {
  readonly index: Index
  readonly coveredBy: Index
}

const partsOf = ({ parts }: Index) =>
  parts.map((part) =>
    'column' in part ? `${part.column.toLowerCase()}(${part.length ?? ''})` : `(${part.expression})`,
  )

const isPrefix = (short: readonly string[], long: readonly string[]) =>
  short.length <= long.length && short.every((part, at) => part === long[at])

/** Whether `by` answers all that `index` can: the same columns in the same order come first in it. */
const covers = (by: Index, index: Index): boolean =>
  by.name !== index.name && by.visible && !index.unique && isPrefix(partsOf(index), partsOf(by))

/**
 * The indexes that are a left prefix of another index of their table. A unique one is never redundant, for it
 * guards its rows; of two that are the same, the one that comes later by name is.
 */
export const findRedundant = (snapshot: Snapshot): Redundant[] =>
  snapshot.tables.flatMap(({ indexes }) =>
    indexes.flatMap((index) => {
      const coveredBy = indexes.find(
        (by) => covers(by, index) && (!covers(index, by) || by.unique || by.name < index.name),
      )
      return coveredBy === undefined ? [] : [{ index, coveredBy }]
    }),
  )
