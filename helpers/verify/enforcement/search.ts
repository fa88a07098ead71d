import { z } from 'zod'
import { serverErrorNumber } from '../../core/errors/server-error.ts'
import type { Column } from '../../core/schema/model.ts'
import type { Shape } from '../../core/schema/settable-columns.ts'
import type { ReadSession } from '../../core/server/session.ts'
import { quoteName } from '../../core/text/quote.ts'
import { candidatesFor } from './candidates.ts'
import { orderByKey } from './column-sets.ts'
import { typedValue, type Value } from './values.ts'

/** Values by column. */
export type Row = ReadonlyMap<string, Value>

/** What to look for. */
export interface Search {
  readonly session: ReadSession
  readonly shape: Shape
  /** The row to change: one that is made up, or undefined for the first of the table. */
  readonly base: Row | undefined
  /** Where the literals to try come from. */
  readonly clause: string
  readonly where: string
  /** Queries that may still be asked; a clause that the server cannot evaluate asks for many. */
  readonly budget: { left: number }
}

interface Tried {
  readonly column: Column
  readonly values: readonly Value[]
  /** The place of `values` among all that are tried. */
  readonly from: number
}

const foundAtMost = 10
/** By the number of columns that change together: the combinations are multiplied. */
const triedAtMost = [0, 200, 60, 25]

const number = (at: number) => quoteName(`tried ${at}`)
const before = (at: number) => quoteName(`before ${at}`)

const baseRow = ({ shape, base }: Search): string => {
  const columns = shape.settable.map((column) => {
    const name = quoteName(column.name)
    return base === undefined ? name : `${typedValue(column, base.get(column.name) ?? null)} AS ${name}`
  })
  const from = ` FROM ${quoteName(shape.table.name)} ${orderByKey(shape)} LIMIT 1`
  return `SELECT ${columns.join(', ')}${base === undefined ? from : ''}`
}

const valuesOf = ({ column, values, from }: Tried): string =>
  values.map((value, at) => `SELECT ${from + at} AS n, ${typedValue(column, value)} AS v`).join(' UNION ALL ')

/** Every combination of the tried values in the base row, with the generated columns that follow from it. */
const changedRows = (search: Search, tried: readonly Tried[]): string => {
  const isTried = (name: string) => tried.some(({ column }) => column.name === name)
  const kept = search.shape.settable.filter(({ name }) => !isTried(name))
  const columns = [
    ...kept.map(({ name }) => `base_row.${quoteName(name)}`),
    ...tried.flatMap(({ column: { name } }, at) => [
      `tried_${at}.v AS ${quoteName(name)}`,
      `tried_${at}.n AS ${number(at)}`,
      `base_row.${quoteName(name)} AS ${before(at)}`,
    ]),
  ]
  const sources = [
    `(${baseRow(search)}) AS base_row`,
    ...tried.map((item, at) => `(${valuesOf(item)}) AS tried_${at}`),
  ]
  const plain = `SELECT ${columns.join(', ')} FROM ${sources.join(', ')}`
  return [...search.shape.generated].reduce(
    (rows, [name, expression]) =>
      `SELECT plain_row.*, (${expression}) AS ${quoteName(name)} FROM (${rows}) AS plain_row`,
    plain,
  )
}

const searchQuery = (search: Search, tried: readonly Tried[]): string => {
  const numbers = tried.map((_, at) => number(at))
  // An UPDATE to what is there already changes nothing, so the server would not look at the clause.
  const differs = tried.map(({ column: { name } }, at) => `AND NOT (${quoteName(name)} <=> ${before(at)})`)
  return `SELECT ${[...numbers, '1 AS found'].join(', ')} FROM (${changedRows(search, tried)}) AS probe_row
    WHERE ${search.where} ${search.base === undefined ? differs.join(' ') : ''}
    ${numbers.length === 0 ? '' : `ORDER BY ${numbers.join(', ')}`} LIMIT ${foundAtMost}`
}

const halves = (tried: readonly Tried[]): Tried[][] => {
  const longest = tried.reduce<Tried | undefined>(
    (a, b) => (a === undefined || b.values.length > a.values.length ? b : a),
    undefined,
  )
  if (longest === undefined || longest.values.length < 2) return []
  const middle = Math.ceil(longest.values.length / 2)
  const parts = [
    { ...longest, values: longest.values.slice(0, middle) },
    { ...longest, values: longest.values.slice(middle), from: longest.from + middle },
  ]
  return parts.map((part) => tried.map((item) => (item === longest ? part : item)))
}

const foundShape = z.record(z.string(), z.number())

/** One combination that cannot be evaluated (1690, 3141, …) stops the whole query; halving finds the others. */
const ask = async (search: Search, tried: readonly Tried[]): Promise<z.infer<typeof foundShape>[]> => {
  if (search.budget.left-- <= 0) return []
  try {
    return await search.session.rows(foundShape, searchQuery(search, tried))
  } catch (error) {
    if ((serverErrorNumber(error) ?? -1) < 0) throw error
    const found = []
    for (const half of halves(tried)) found.push(...(await ask(search, half)))
    return found
  }
}

/** Values for the columns `changed` that make `where` true of the row; ten at most, none when there are none. */
export const findValues = async (search: Search, changed: readonly string[]): Promise<Row[]> => {
  const most = triedAtMost[changed.length] ?? 0
  const tried = search.shape.settable
    .filter(({ name }) => changed.includes(name))
    .map((column) => ({ column, values: candidatesFor(column, search.clause).slice(0, most), from: 0 }))
  if (tried.some(({ values }) => values.length === 0)) return []
  const found = await ask(search, tried)
  return found.map(
    (row) =>
      new Map(tried.map(({ column, values }, at) => [column.name, values[row[`tried ${at}`] ?? 0] ?? null])),
  )
}
