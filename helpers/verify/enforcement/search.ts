import { z } from 'zod'
import { serverErrorNumber } from '../../core/errors/server-error.ts'
import type { RowShape } from '../../core/schema/settable-columns.ts'
import type { ReadSession } from '../../core/server/session.ts'
import { quoteName } from '../../core/text/quote.ts'
import { untypedValue, valuesBeyond } from './beyond-type.ts'
import { candidatesFor } from './candidates.ts'
import { orderByKey } from './column-sets.ts'
import { typedValue, type Value } from './values.ts'

/** Values by column. */
export type CandidateRow = ReadonlyMap<string, Value>

/** What to look for. */
export interface Search {
  readonly session: ReadSession
  readonly shape: RowShape
  /** The row to change: one that is made up, or undefined for the first of the table. */
  readonly base: CandidateRow | undefined
  /** Where the literals to try come from. */
  readonly clause: string
  readonly where: string
  /** Whether to try values that the columns cannot hold, in place of those that they can. */
  readonly isBeyondType?: boolean
}

const foundAtMost = 10
/** By the number of columns that change together: the combinations are multiplied. */
const triedAtMost = [0, 200, 60, 25]

const baseRow = ({ shape, base }: Search): string => {
  const columns = shape.settable.map((column) => {
    const name = quoteName(column.name)
    return base === undefined ? name : `${typedValue(column, base.get(column.name) ?? null)} AS ${name}`
  })
  const from = ` FROM ${quoteName(shape.table.name)} ${orderByKey(shape)} LIMIT 1`
  return `SELECT ${columns.join(', ')}${base === undefined ? from : ''}`
}

/** Values for the columns `changed` that make `where` true of the row; ten at most, none when there are none. */
export const findValues = async (search: Search, changed: readonly string[]): Promise<CandidateRow[]> => {
  const { session, shape, base, clause, where } = search
  const tried = shape.settable
    .filter(({ name }) => changed.includes(name))
    .map((column) => ({
      column,
      values: (search.isBeyondType ? valuesBeyond(column) : candidatesFor(column, clause)).slice(
        0,
        triedAtMost[changed.length],
      ),
    }))
  if (tried.some(({ values }) => values.length === 0)) return []
  const kept = shape.settable.filter(({ name }) => !changed.includes(name))
  const number = (at: number) => quoteName(`tried ${at}`)
  const columns = [
    ...kept.map(({ name }) => `base_row.${quoteName(name)}`),
    ...tried.flatMap(({ column: { name } }, at) => [
      `tried_${at}.v AS ${quoteName(name)}`,
      `tried_${at}.n AS ${number(at)}`,
      // An UPDATE to what is there already changes nothing, so the server would not look at the clause.
      `tried_${at}.v <=> base_row.${quoteName(name)} AS ${quoteName(`kept ${at}`)}`,
    ]),
  ]
  const sources = tried.map(({ column, values }, at) => {
    const typed = search.isBeyondType ? untypedValue : typedValue
    const rows = values.map((value, n) => `SELECT ${n} AS n, ${typed(column, value)} AS v`)
    return `(${rows.join(' UNION ALL ')}) AS tried_${at}`
  })
  const numbers = tried.map((_, at) => number(at))
  const differs =
    base === undefined ? tried.map((_, at) => `AND NOT ${quoteName(`kept ${at}`)}`).join(' ') : ''
  const sql = `SELECT ${[...numbers, '1 AS found'].join(', ')}
    FROM (SELECT ${columns.join(', ')} FROM ${[`(${baseRow(search)}) AS base_row`, ...sources].join(', ')}) AS probe_row
    WHERE ${where} ${differs} ${numbers.length === 0 ? '' : `ORDER BY ${numbers.join(', ')}`} LIMIT ${foundAtMost}`
  try {
    const found = await session.rows(z.record(z.string(), z.number()), sql)
    return found.map(
      (row) =>
        new Map(
          tried.map(({ column, values }, at) => [column.name, values[row[`tried ${at}`] ?? 0] ?? null]),
        ),
    )
  } catch (error) {
    // One combination that the server cannot evaluate (1690, 3141, …) ends the search: the migration gives the probe.
    if ((serverErrorNumber(error) ?? -1) < 0) throw error
    return []
  }
}
