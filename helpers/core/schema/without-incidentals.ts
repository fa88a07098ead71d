import type { Snapshot, Table } from './model.ts'

// Strings and names are matched only to be stepped over: each may hold what looks like an option.
const quoted = /'(?:[^']|'')*'|`(?:[^`]|``)+`/.source
const options = [
  / COMMENT[ =]'(?:[^']|'')*'/,
  new RegExp(String.raw` /\*T!\[(?:placement|ttl)\] (?:${quoted}|[^*'\x60]|\*(?!/))*\*/`),
  / \/\* (?:CACHED ON|FOREIGN KEY INVALID) \*\//,
].map(({ source }) => source)
const incidentals = new RegExp(`(${quoted})|${options.join('|')}`, 'g')
const widths = new RegExp(String.raw`(${quoted})|( (?:tiny|small|medium|big)?int| year)\(\d+\)`, 'g')

/** The text of a column, an index or of options without comments, placement, TTL, and what an old cluster marks as invalid. */
export const withoutIncidentalOptions = (text: string): string =>
  text.replaceAll(incidentals, (_, kept: string | undefined) => kept ?? '')

// `int(11)` is what some releases print for `int`: the width means nothing.
const withoutWidths = (text: string): string =>
  text.replaceAll(widths, (_, kept: string | undefined, type: string | undefined) => kept ?? type ?? '')

// Partitions come and go by the day; that a table is partitioned, and by what, stays.
const withoutPartitions = (text: string): string => text.split('\n(PARTITION ', 1)[0] ?? ''

const meaningOf = (text: string): string => withoutPartitions(withoutWidths(withoutIncidentalOptions(text)))

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
 * range or list, and whether the server keeps a foreign key of an old cluster. TiFlash replicas are in no snapshot.
 */
export const withoutIncidentals = (snapshot: Snapshot): Snapshot => ({
  ...snapshot,
  tables: snapshot.tables.map(withoutIncidentalsOf),
})
