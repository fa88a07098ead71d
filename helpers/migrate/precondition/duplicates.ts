import { z } from 'zod'
import { HarnessError } from '../../core/errors/harness-error.ts'
import { columnsIn } from '../../core/schema/definition.ts'
import { furtherTextOf } from '../../core/schema/index-text.ts'
import {
  findTable,
  type Index,
  isMultiValued,
  qualifiedName,
  type Snapshot,
} from '../../core/schema/model.ts'
import { rowShapeOf } from '../../core/schema/settable-columns.ts'
import type { ReadSession } from '../../core/server/session.ts'
import { quoteName } from '../../core/text/quote.ts'
import { readableRow } from './readable-row.ts'

const shownGroups = 10
const shownOfGroup = 10

/** Rows that a unique index would take for equal. */
export interface Duplicates {
  readonly index: Index
  /** How many values stand in more than one row. */
  readonly groups: number
  /** How many rows hold one of them. */
  readonly rows: number
  /** Keys of the rows of the first ten groups, ten rows each, with what the index holds of them where that is asked for. */
  readonly first: readonly (readonly Readonly<Record<string, unknown>>[])[]
}

/**
 * Whether the rows can be asked: an index over the members of an array (multi-valued), and one of a part of the rows (WHERE),
 * have no GROUP BY of the same meaning.
 */
export const canLookForDuplicates = (index: Index): boolean =>
  !/^WHERE\b/.test(furtherTextOf(index.definition)) && !isMultiValued(index)

const partsOf = ({ parts }: Index): string[] =>
  parts.map((part) => {
    if ('expression' in part) return `(${part.expression})`
    return part.length === undefined
      ? quoteName(part.column)
      : `LEFT(${quoteName(part.column)}, ${part.length})`
  })

const countsRow = z.object({ groups: z.coerce.number(), rows: z.coerce.number() })
const anyRow = z.record(z.string(), z.unknown())

// No column of a table is called like these, so that the index's own expressions stay as they are in a join.
const partName = (at: number) => quoteName(`part ${at} of the index`)
const [sizeName, groupName] = ['rows of the group', 'number of the group']

/** The values that stand in more than one row, as the index compares them. A row with a NULL in it is equal to no other. */
const equalRows = ({ table }: Index, parts: readonly string[]): string =>
  `SELECT ${parts.map((part, at) => `${part} AS ${partName(at)}`).join(', ')}, COUNT(*) AS ${quoteName(sizeName)}
     FROM ${quoteName(table)} WHERE ${parts.map((part) => `${part} IS NOT NULL`).join(' AND ')}
    GROUP BY ${parts.join(', ')} HAVING COUNT(*) > 1`

const readFirst = async (
  session: ReadSession,
  snapshot: Snapshot,
  index: Index,
  showValues: boolean,
): Promise<Duplicates['first']> => {
  const parts = partsOf(index)
  const table = findTable(snapshot, index.table)
  const keys = table === undefined ? [] : rowShapeOf(table).key
  const values = showValues ? columnsIn(`${parts}`).filter((name) => !keys.includes(name)) : []
  const order = [quoteName(sizeName), ...parts.map((_, at) => partName(at))].join(', ')
  const numbered = `SELECT ROW_NUMBER() OVER (ORDER BY ${order}) AS ${quoteName(groupName)}, few.*
    FROM (${equalRows(index, parts)} ORDER BY ${order} LIMIT ${shownGroups}) AS few`
  const found = await session.rows(
    anyRow,
    `SELECT ${[groupName, ...keys, ...values].map(quoteName).join(', ')}
       FROM ${quoteName(index.table)} JOIN (${numbered}) AS numbered
         ON ${parts.map((part, at) => `${part} = ${partName(at)}`).join(' AND ')}
      ORDER BY ${[groupName, ...keys].map(quoteName).join(', ')} LIMIT ${shownGroups * shownOfGroup}`,
  )
  const groups = Map.groupBy(found, (row) => row[groupName])
  return [...groups.values()].map((rows) =>
    rows.slice(0, shownOfGroup).map(({ [groupName]: _, ...row }) => readableRow(row)),
  )
}

/**
 * Groups the rows as the unique index would: by the collation of each column, by the length of a prefix, by expressions.
 * One full read of the table, and a second one where there are duplicates. `showValues` puts the columns of the index
 * beside the keys.
 */
export const findDuplicates = async (
  session: ReadSession,
  snapshot: Snapshot,
  index: Index,
  showValues: boolean,
): Promise<Duplicates> => {
  const { groups, rows } = await session.row(
    countsRow,
    `SELECT COUNT(*) AS \`groups\`, IFNULL(SUM(${quoteName(sizeName)}), 0) AS \`rows\`
       FROM (${equalRows(index, partsOf(index))}) AS equal_rows`,
  )
  const first = groups === 0 ? [] : await readFirst(session, snapshot, index, showValues)
  return { index, groups, rows, first }
}

/** Throws DUPLICATE_ROWS with the keys of the rows that each unique index would take for equal. */
export const assertNoDuplicates = (found: readonly Duplicates[]): void => {
  const broken = found.filter(({ groups }) => groups > 0)
  if (broken.length === 0) return
  const lines = broken.map(
    ({ index, groups, rows, first }) =>
      `${qualifiedName(index)} (${index.definition}): ${rows} rows are ${groups} values, equal by keys:\n      ${first
        .map((group) => group.map((row) => JSON.stringify(row)).join(', '))
        .join('\n      ')}`,
  )
  throw new HarnessError('DUPLICATE_ROWS', {
    what: lines.join('\n    '),
    why: 'A unique index cannot be added while rows are equal by it (1062). Nothing was changed.',
    next: 'Look at these rows, change or delete all but one of each group by hand, and run again.',
    fields: {
      indexes: broken.map(({ index, groups, rows }) => ({ name: qualifiedName(index), groups, rows })),
    },
  })
}
