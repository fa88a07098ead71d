import { HarnessError } from '../../core/errors/harness-error.ts'
import { type Index, qualifiedName, type Snapshot } from '../../core/schema/model.ts'
import { dropIndexStatement } from '../../migrate/folder/statements.ts'

/** An index that another one of its table can stand in for. */
export interface Redundant {
  readonly index: Index
  readonly coveredBy: Index
}

const indexPartsOf = ({ parts }: Index) =>
  parts.map((part) =>
    'column' in part ? `${part.column.toLowerCase()}(${part.length ?? ''})` : `(${part.expression})`,
  )

const isPrefix = (short: readonly string[], long: readonly string[]) =>
  short.length <= long.length && short.every((part, at) => part === long[at])

/** Whether `by` answers all that `index` can: the same columns in the same order come first in it. */
const covers = (by: Index, index: Index): boolean =>
  by.name !== index.name && by.visible && !index.unique && isPrefix(indexPartsOf(index), indexPartsOf(by))

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

const isOneOf = (index: Index, indexes: readonly Index[]) =>
  indexes.some((item) => qualifiedName(item).toLowerCase() === qualifiedName(index).toLowerCase())

/** What the new indexes made redundant, as lines with the statement that would drop each; nobody has to. */
export const describeMadeRedundant = (found: readonly Redundant[], added: readonly Index[]) =>
  found
    .filter(({ index, coveredBy }) => isOneOf(coveredBy, added) && !isOneOf(index, added))
    .map(({ index, coveredBy }) => ({
      index: qualifiedName(index),
      coveredBy: qualifiedName(coveredBy),
      toDropIt: dropIndexStatement(index),
    }))

/** Throws INDEX_IN_VAIN when an index that the migration adds is a prefix of another one: it costs and brings nothing. */
export const assertNoneInVain = (found: readonly Redundant[], added: readonly Index[]): void => {
  const inVain = found.filter(({ index }) => isOneOf(index, added))
  const [first] = inVain
  if (first === undefined) return
  throw new HarnessError('INDEX_IN_VAIN', {
    what: inVain
      .map(
        ({ index, coveredBy }) => `${qualifiedName(index)} is new, and ${qualifiedName(coveredBy)} covers it`,
      )
      .join('; '),
    why: 'Every write to the table pays for it, and no read needs it.',
    next: `Take it out of the migration, or drop what covers it: ${dropIndexStatement(first.index)}`,
  })
}
