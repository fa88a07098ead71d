import type { Snapshot, Table } from './model.ts'

// Strings and names are matched only to be stepped over: each may hold what looks like an option.
const quoted = /'(?:[^']|'')*'|`(?:[^`]|``)+`/.source
/** What TiDB prints of a feature of its own: a comment to any other server. */
const special = (features: string) =>
  new RegExp(String.raw` /\*T!\[(?:${features})\] (?:${quoted}|[^*'\x60]|\*(?!/))*\*/`)
const options = [
  / COMMENT[ =]'(?:[^']|'')*'/,
  special('placement|ttl'),
  / \/\* (?:CACHED ON|FOREIGN KEY INVALID) \*\//,
].map(({ source }) => source)
const incidentals = new RegExp(`(${quoted})|${options.join('|')}`, 'g')
const widths = new RegExp(
  String.raw`(${quoted})|((?:^| )(?:(?:tiny|small|medium|big)?int|year))\(\d+\)`,
  'gi',
)

/** A CREATE statement without the placement policies or the TTL in it. */
export const withoutFeature = (text: string, feature: 'placement' | 'ttl'): string =>
  text.replaceAll(
    new RegExp(`(${quoted})|${special(feature).source}`, 'g'),
    (_, kept: string | undefined) => kept ?? '',
  )

/** The text of a column, an index or of options without comments, placement, TTL, and what an old cluster marks as invalid. */
export const withoutIncidentalOptions = (text: string): string =>
  text.replaceAll(incidentals, (_, kept: string | undefined) => kept ?? '')

/** The text of a column, or its type, with `int` for `int(11)`: releases before 8.5 print a width, and it means nothing. */
export const withoutWidths = (text: string): string =>
  text.replaceAll(widths, (_, kept: string | undefined, type: string | undefined) => kept ?? type ?? '')

// Partitions come and go by the day; that a table is partitioned, and by what, stays.
const withoutPartitions = (text: string): string => text.split('\n(PARTITION ', 1)[0] ?? ''

// The server prints the database of a parent, which goes by another name here and there.
const withoutDatabase = (text: string): string =>
  text.startsWith('CONSTRAINT ') ? text.replace(/ REFERENCES `(?:[^`]|``)+`\.(?=`)/, ' REFERENCES ') : text

const meaningOf = (text: string): string =>
  withoutDatabase(withoutPartitions(withoutWidths(withoutIncidentalOptions(text))))

const withoutIncidentalsOf = (table: Table): Table => ({
  ...table,
  indexes: table.indexes.map((index) => ({
    ...index,
    comment: '',
    definition: withoutIncidentalOptions(index.definition),
  })),
  rest: table.rest.map(meaningOf),
})

/**
 * A schema without what makes no other one: comments, the width of integers, placement, TTL, the single partitions of a
 * range or list, the database of a foreign key's parent, and whether the server keeps a foreign key of an old cluster. TiFlash replicas are in no snapshot.
 */
export const withoutIncidentals = (snapshot: Snapshot): Snapshot => ({
  ...snapshot,
  tables: snapshot.tables.map(withoutIncidentalsOf),
})
