import { HarnessError } from '../../core/errors/harness-error.ts'
import { withLowerNames } from '../../core/schema/definition.ts'
import { furtherTextOf } from '../../core/schema/index-text.ts'
import {
  type Constraint,
  findTable,
  type Index,
  qualifiedName,
  type Snapshot,
} from '../../core/schema/model.ts'
import { sameName } from '../../core/text/names.ts'
import type { Additions } from './lock.ts'

interface Different<T> {
  readonly wanted: T
  readonly found: T
}

interface ComparedObjects<T> {
  readonly present: readonly T[]
  readonly missing: readonly T[]
  /** There under the same name, but not the same: never dropped, never taken for present. */
  readonly different: readonly Different<T>[]
}

/** Lock minus snapshot. */
export interface Difference {
  readonly indexes: ComparedObjects<Index>
  readonly constraints: ComparedObjects<Constraint>
}

// A comment changes nothing that a query or a row could notice, so it is not compared. What else the server prints after
// the parts (a WHERE from 8.5.7 on, GLOBAL on a partitioned table) is, word for word, also what later releases add.
const meaningOfIndex = ({ unique, parts, visible, definition }: Index) => {
  const meant = parts.map((part) =>
    'column' in part
      ? { ...part, column: part.column.toLowerCase() }
      : { expression: withLowerNames(part.expression) },
  )
  return JSON.stringify([unique, meant, visible, withLowerNames(furtherTextOf(definition))])
}
const meaningOfConstraint = ({ table, clause, enforced }: Constraint) =>
  JSON.stringify([table.toLowerCase(), withLowerNames(clause), enforced])

/** Tells whether an index has the same name and parts as `one`, visible or not. */
export const sameIndex =
  (one: Index) =>
  (other: Index): boolean =>
    sameName(qualifiedName(one), qualifiedName(other)) &&
    meaningOfIndex({ ...one, visible: true }) === meaningOfIndex({ ...other, visible: true })

/** Tells whether a constraint has the same name and clause as `one`, enforced or not. */
export const sameConstraint =
  (one: Constraint) =>
  (other: Constraint): boolean =>
    sameName(one.name, other.name) &&
    meaningOfConstraint({ ...one, enforced: true }) === meaningOfConstraint({ ...other, enforced: true })

const compareObjects = <T extends { table: string; name: string }>(
  wanted: readonly T[],
  find: (item: T) => T | undefined,
  meaning: (item: T) => string,
): ComparedObjects<T> => {
  const pairs = wanted.map((item) => ({ wanted: item, found: find(item) }))
  return {
    present: pairs.flatMap((pair) =>
      pair.found && meaning(pair.found) === meaning(pair.wanted)
        ? // By the lock's spelling: steps and reports go by it, and the server by neither.
          [{ ...pair.found, table: pair.wanted.table, name: pair.wanted.name }]
        : [],
    ),
    missing: pairs.flatMap((pair) => (pair.found === undefined ? [pair.wanted] : [])),
    different: pairs.flatMap(({ wanted: item, found }) =>
      found !== undefined && meaning(found) !== meaning(item) ? [{ wanted: item, found }] : [],
    ),
  }
}

/**
 * What of the lock a schema lacks. A constraint that stands on another table under the wanted name
 * counts as different, because later TiDB lines keep these names unique in a database (#48062).
 */
export const differenceOf = (adds: Additions, snapshot: Snapshot): Difference => {
  const locked = new Set(adds.constraints.map((item) => qualifiedName(item).toLowerCase()))
  const findConstraint = (wanted: Constraint) => {
    const named = snapshot.tables
      .flatMap((table) => table.constraints)
      .filter(({ name }) => sameName(name, wanted.name))
    // The lock may use one name on two tables, as v7.5 allows; such a twin does not stand in the way.
    const isTwin = (item: Constraint) => locked.has(qualifiedName(item).toLowerCase())
    return named.find(({ table }) => sameName(table, wanted.table)) ?? named.find((item) => !isTwin(item))
  }
  const findIndex = (wanted: Index) =>
    findTable(snapshot, wanted.table)?.indexes.find(({ name }) => sameName(name, wanted.name))
  return {
    indexes: compareObjects(adds.indexes, findIndex, meaningOfIndex),
    constraints: compareObjects(adds.constraints, findConstraint, meaningOfConstraint),
  }
}

/** One line that shows a constraint whole. */
export const describeConstraint = ({ table, name, clause, enforced }: Constraint): string =>
  `${table}.${name} CHECK (${clause})${enforced ? '' : ' NOT ENFORCED'}`

/** One line that shows an index whole. */
export const describeIndex = ({ table, definition }: Index): string => `${table}: ${definition}`

/** Throws SCHEMA_DIFFERENT, with both sides of each, when something is there under a wanted name but is not the same. */
export const assertNothingDifferent = (difference: Difference): void => {
  const lines = [
    ...difference.indexes.different.map(({ wanted, found }) => [describeIndex(wanted), describeIndex(found)]),
    ...difference.constraints.different.map(({ wanted, found }) => [
      describeConstraint(wanted),
      describeConstraint(found),
    ]),
  ].map(([wanted, found]) => `wanted  ${wanted}\n    found   ${found}`)
  if (lines.length === 0) return
  throw new HarnessError('SCHEMA_DIFFERENT', {
    what: `${lines.length} of the lock's names are taken by something else:\n    ${lines.join('\n    ')}`,
    why: 'The harness never drops or changes what it did not add. Nothing was changed.',
    next: 'Rename or drop what was found by hand, if nothing needs it, and run again.',
    fields: { count: lines.length },
  })
}
