import { z } from 'zod'
import type { Table } from '../schema/model.ts'
import type { SqlValue } from '../server/session.ts'
import { quoteName } from '../text/quote.ts'

/** The part of a table after one key and up to another: a condition, with its values. */
export interface Part {
  readonly where: string
  readonly values: SqlValue[]
}

export type Key = readonly SqlValue[]

export const keyRow = z.record(z.string(), z.union([z.string(), z.number()]))

/** What a key column is asked for as, and what its value is written as: bytes travel as hexadecimal text, bits as a number. */
const formOf = (name: string, type: string): { readonly asked: string; readonly place: string } => {
  if (/^(?:.*binary|.*blob)/i.test(type)) return { asked: `HEX(${quoteName(name)})`, place: 'UNHEX(?)' }
  return { asked: /^bit/i.test(type) ? `${quoteName(name)} + 0` : quoteName(name), place: '?' }
}

// The rows of a table lie in the order of its clustered key, else in that of the row id: any other order is a look-up a row.
const keyColumnsOf = ({ primaryKey, rest }: Table): readonly string[] =>
  primaryKey.length === 0 || rest.some((entry) => /^PRIMARY KEY [\s\S]*\bNONCLUSTERED\b/.test(entry))
    ? ['_tidb_rowid']
    : primaryKey

export interface KeyForm {
  /** Quoted. */
  readonly names: readonly string[]
  readonly places: readonly string[]
  readonly selected: string
  valuesOf(row: z.infer<typeof keyRow>): Key
}

/** The key that the rows of a table lie in the order of. */
export const keyOf = (table: Table): KeyForm => {
  const names = keyColumnsOf(table)
  const forms = names.map((name) =>
    formOf(name, table.columns.find((column) => column.name === name)?.type ?? 'bigint'),
  )
  return {
    names: names.map(quoteName),
    selected: forms.map(({ asked }, at) => `${asked} AS k${at}`).join(', '),
    places: forms.map(({ place }) => place),
    valuesOf: (row: z.infer<typeof keyRow>): Key => names.map((_, at) => row[`k${at}`] ?? null),
  }
}

const all = (conditions: readonly Part[], by: 'AND' | 'OR'): Part => ({
  where: conditions.map(({ where }) => `(${where})`).join(` ${by} `),
  values: conditions.flatMap(({ values }) => values),
})

/** Rows beyond a key as the planner can turn it into ranges: a > 1 OR a = 1 AND b > 2. */
const beyond = ({ names, places }: KeyForm, sign: '>' | '<', value: Key, from: number): Part[] =>
  names.slice(from).map((_, at) => {
    const equal = names.slice(0, from + at).map((name, n) => `${name} = ${places[n]}`)
    return {
      where: [...equal, `${names[from + at]} ${sign} ${places[from + at]}`].join(' AND '),
      values: value.slice(0, from + at + 1),
    }
  })

const same = ({ names, places }: KeyForm, value: Key): Part => ({
  where: names.map((name, n) => `${name} = ${places[n]}`).join(' AND '),
  values: [...value],
})

const inside = ({ names, places }: KeyForm, after: Key, upTo: Key, at: number): Part => {
  const equal = names.slice(0, at).map((name, n) => `${name} = ${places[n]}`)
  const open = [`${names[at]} > ${places[at]}`, `${names[at]} < ${places[at]}`]
  return {
    where: [...equal, ...open].join(' AND '),
    values: [...after.slice(0, at + 1), ...upTo.slice(at, at + 1)],
  }
}

/**
 * The rows after one key and up to another. A comparison of rows, (a, b) > (1, 2), says it exactly, but v7.5.0 reads the
 * whole table for it; so beside it stands the same as alternatives, which it does turn into ranges. Those may hold more
 * where values that are written differently are equal by their collation.
 */
export const between = (key: KeyForm, after: Key | undefined, upTo: Key | undefined): Part => {
  const exact = (sign: string, value: Key): Part => ({
    where: `(${key.names.join(', ')}) ${sign} (${key.places.join(', ')})`,
    values: [...value],
  })
  if (after === undefined && upTo === undefined) return { where: 'TRUE', values: [] }
  if (after === undefined) {
    const value = upTo ?? []
    return all([exact('<=', value), all([...beyond(key, '<', value, 0), same(key, value)], 'OR')], 'AND')
  }
  if (upTo === undefined) return all([exact('>', after), all(beyond(key, '>', after, 0), 'OR')], 'AND')
  const at = after.findIndex((value, n) => value !== upTo[n])
  const ranges = [
    ...beyond(key, '>', after, at + 1),
    inside(key, after, upTo, at),
    ...beyond(key, '<', upTo, at + 1),
    same(key, upTo),
  ]
  return all([exact('>', after), exact('<=', upTo), all(ranges, 'OR')], 'AND')
}
