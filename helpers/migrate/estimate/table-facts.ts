import { z } from 'zod'
import { readRowEstimates } from '../../core/rows/row-estimates.ts'
import type { Index } from '../../core/schema/model.ts'
import type { ReadSession } from '../../core/server/session.ts'
import { quoteName } from '../../core/text/quote.ts'

/** What the time of a step depends on. */
export interface TableFacts {
  /** As the server's statistics have them. */
  readonly rows: number
  readonly columns: number
  /** With those that are to be added. */
  readonly indexes: number
  /** Bytes of an entry of each index to be added, by its name in lower case. */
  readonly keyBytes: ReadonlyMap<string, number>
}

const sampleRows = 1_000
// A number or a date in an index takes 9 bytes; an expression is taken for one, because not every one can be selected.
const numberBytes = 9

const countShape = z.object({ name: z.string(), count: z.coerce.number() })
const widthsShape = z.record(z.string(), z.coerce.number().nullable())

const countBy = async (session: ReadSession, what: string, from: string): Promise<Map<string, number>> => {
  const rows = await session.rows(
    countShape,
    `SELECT TABLE_NAME AS name, ${what} AS \`count\` FROM information_schema.${from}
      WHERE LOWER(TABLE_SCHEMA) = LOWER(DATABASE()) GROUP BY TABLE_NAME`,
  )
  return new Map(rows.map(({ name, count }) => [name.toLowerCase(), count]))
}

const columnPart = (part: Index['parts'][number]): string | undefined => {
  if (!('column' in part)) return undefined
  const column = quoteName(part.column)
  return part.length === undefined ? column : `LEFT(${column}, ${part.length})`
}

/** Bytes of an entry of each index, from some rows of its table: statistics tell a column's size to administrators only. */
const readKeyBytes = async (
  session: ReadSession,
  table: string,
  indexes: readonly Index[],
): Promise<Map<string, number>> => {
  const texts = [...new Set(indexes.flatMap(({ parts }) => parts.flatMap((part) => columnPart(part) ?? [])))]
  if (texts.length === 0) return new Map()
  const widths = await session.row(
    widthsShape,
    `SELECT ${texts.map((_, at) => `AVG(IFNULL(LENGTH(p${at}), 0)) AS w${at}`).join(', ')}
       FROM (SELECT ${texts.map((text, at) => `${text} AS p${at}`).join(', ')}
               FROM ${quoteName(table)} USE INDEX () LIMIT ${sampleRows}) AS some_rows`,
  )
  const bytesOf = (part: Index['parts'][number]) =>
    Math.max(numberBytes, widths[`w${texts.indexOf(columnPart(part) ?? '')}`] ?? 0)
  return new Map(
    indexes.map(({ name, parts }) => [
      name.toLowerCase(),
      parts.reduce((sum, part) => sum + bytesOf(part), 0),
    ]),
  )
}

/** The facts of each table, by its name in lower case. Reads statistics, and 1,000 rows of each table with a new index. */
export const readTableFacts = async (
  session: ReadSession,
  tables: readonly string[],
  added: readonly Index[],
): Promise<Map<string, TableFacts>> => {
  const rows = await readRowEstimates(session)
  const columns = await countBy(session, 'COUNT(*)', 'columns')
  const indexes = await countBy(session, 'COUNT(DISTINCT KEY_NAME)', 'tidb_indexes')
  const facts = new Map<string, TableFacts>()
  for (const table of tables) {
    const key = table.toLowerCase()
    const own = added.filter((index) => index.table.toLowerCase() === key)
    facts.set(key, {
      rows: rows.get(key) ?? 0,
      columns: columns.get(key) ?? 0,
      indexes: (indexes.get(key) ?? 0) + own.length,
      keyBytes: await readKeyBytes(session, table, own),
    })
  }
  return facts
}
