import { columnsIn } from '../../core/schema/definition.ts'
import {
  type Column,
  type Constraint,
  findTable,
  type Index,
  type Snapshot,
  type Table,
} from '../../core/schema/model.ts'
import { withoutIncidentalOptions, withoutWidths } from '../../core/schema/without-incidentals.ts'
import { sameName } from '../../core/text/names.ts'
import type { Additions } from './lock.ts'

/** A difference that an index or a constraint of the lock would meet. */
export interface NamedDifference {
  readonly table: string
  readonly what: string
}

type Kind = 'index' | 'constraint'

const membersOf = (type: string) => type.match(/'(?:[^']|'')*'/g) ?? []
const familyOf = (type: string) => /^(?:enum|set)(?=\()/i.exec(type)?.[0].toLowerCase()

// An index takes the values as they come; a clause may name any of the members that it was written for.
const sameType = (wanted: string, found: string, kind: Kind): boolean => {
  const family = familyOf(wanted)
  if (family === undefined || family !== familyOf(found))
    return withoutWidths(wanted) === withoutWidths(found)
  const members = new Set(membersOf(found))
  return kind === 'index' || membersOf(wanted).every((member) => members.has(member))
}

const sameColumn = (wanted: Column, found: Column, kind: Kind): boolean =>
  sameType(wanted.type, found.type, kind) &&
  wanted.nullable === found.nullable &&
  wanted.collation === found.collation &&
  wanted.generated === found.generated &&
  // TiDB takes no CHECK on a column that counts by itself.
  (kind === 'index' || wanted.autoIncrement === found.autoIncrement)

const textOf = ({ name, type, collation, nullable, generated, autoIncrement }: Column): string =>
  [
    `${name} ${type}`,
    ...(collation === null ? [] : [`COLLATE ${collation}`]),
    ...(nullable ? [] : ['NOT NULL']),
    ...(generated ? ['GENERATED'] : []),
    ...(autoIncrement ? ['AUTO_INCREMENT'] : []),
  ].join(' ')

const columnsOfIndex = ({ parts }: Index): string[] =>
  parts.flatMap((part) => ('column' in part ? [part.column] : columnsIn(part.expression)))

const columnChange = (name: string, wanted: Table, found: Table, kind: Kind): string[] => {
  const [was, is] = [wanted, found].map(({ columns }) =>
    columns.find((column) => sameName(column.name, name)),
  )
  if (was === undefined) return []
  if (is === undefined) return [`lacks ${textOf(was)}`]
  return sameColumn(was, is, kind) ? [] : [`wanted ${textOf(was)}, found ${textOf(is)}`]
}

const optionsOf = ({ rest }: Table) => rest.at(-1) ?? ''
const isCached = (table: Table) =>
  / \/\* CACHED ON \*\//.test(optionsOf(table).replaceAll(/'(?:[^']|'')*'/g, ''))
const partitioningOf = (table: Table) =>
  /\n(PARTITION BY .*)/.exec(withoutIncidentalOptions(optionsOf(table)))?.[1] ?? 'no partitions'

const cachedChange = (wanted: Table, found: Table): string[] =>
  isCached(found) && !isCached(wanted)
    ? [`is cached, and a cached table takes no ALTER: ALTER TABLE \`${found.name}\` NOCACHE`]
    : []

// A unique index must hold the columns that a table is partitioned by.
const partitioningChange = (wanted: Table, found: Table): string[] => {
  const [was, is] = [wanted, found].map(partitioningOf)
  return was === is ? [] : [`wanted ${was}, found ${is}`]
}

const changesFor = (item: Index | Constraint, wanted: Table, found: Table): string[] => {
  const changes = cachedChange(wanted, found)
  if ('clause' in item)
    return [
      ...changes,
      ...columnsIn(item.clause).flatMap((name) => columnChange(name, wanted, found, 'constraint')),
    ]
  const columns = columnsOfIndex(item).flatMap((name) => columnChange(name, wanted, found, 'index'))
  return [...changes, ...columns, ...(item.unique ? partitioningChange(wanted, found) : [])]
}

/**
 * Where a schema differs from the one that a lock was made or rehearsed on, as far as its indexes and constraints name it:
 * type, length, nullability, collation, and whether a column is generated. One for each table and difference; whatever
 * else differs does not stop a migration.
 */
export const namedDifferences = (
  { indexes, constraints }: Additions,
  wanted: Snapshot,
  found: Snapshot,
): NamedDifference[] => {
  const all = [...indexes, ...constraints].flatMap(
    (item): { item: string; table: string; what: string }[] => {
      const [was, is] = [wanted, found].map((snapshot) => findTable(snapshot, item.table))
      const { table, name } = item
      if (is === undefined) return [{ table, item: name, what: 'is missing' }]
      if (was === undefined) return []
      return changesFor(item, was, is).map((what) => ({ table, item: name, what }))
    },
  )
  return [...Map.groupBy(all, ({ table, what }) => JSON.stringify([table, what])).values()].flatMap(
    (same) => {
      const [first] = same
      if (first === undefined) return []
      return [{ table: first.table, what: `${first.what} (${same.map(({ item }) => item).join(', ')})` }]
    },
  )
}
