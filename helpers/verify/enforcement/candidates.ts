import type { Column } from '../../core/schema/model.ts'
import { documentsFor } from './documents.ts'
import { familyOf, isUnsigned, type Value } from './values.ts'

const unescaped = (text: string) => text.replace(/''|\\([\s\S])/g, (found, escaped = found[0]) => escaped)

const stringsIn = (sql: string): string[] =>
  [...sql.matchAll(/'((?:[^'\\]|\\[\s\S]|'')*)'/g)].map(([, text = '']) => unescaped(text))

// Digits in names, strings and introducers such as _utf8mb4 are no numbers.
const numbersIn = (sql: string): string[] =>
  [
    ...sql
      .replace(/'(?:[^'\\]|\\[\s\S]|'')*'|`(?:[^`]|``)*`/g, ' ')
      .matchAll(/(?<![\w.])\d+(?:\.\d+)?(?:e[+-]?\d+)?/gi),
  ].map(([text]) => text)

const integerBits: Readonly<Record<string, bigint>> = { tinyint: 8n, smallint: 16n, mediumint: 24n, int: 32n }

const integerRange = (column: Column): readonly [bigint, bigint] => {
  const bits = integerBits[/^\w+/.exec(column.type)?.[0].toLowerCase() ?? ''] ?? 64n
  return isUnsigned(column) ? [0n, 2n ** bits - 1n] : [-(2n ** (bits - 1n)), 2n ** (bits - 1n) - 1n]
}

const integersNear = (clause: string): bigint[] =>
  numbersIn(clause).flatMap((text) => {
    const value = Number(text)
    if (!Number.isFinite(value)) return []
    const whole = /^\d+$/.test(text) ? [BigInt(text)] : [BigInt(Math.floor(value)), BigInt(Math.ceil(value))]
    return whole.flatMap((number) => [number - 1n, number, number + 1n, -number])
  })

const integers = (clause: string, [min, max]: readonly [bigint, bigint]): string[] =>
  [1n, 0n, -1n, 2n, max, min, ...integersNear(clause)]
    .filter((value) => value >= min && value <= max)
    .map(String)

const decimals = (column: Column, clause: string): string[] => {
  const [, digits = '12', scale = '0'] = /^decimal\((\d+)(?:,(\d+))?\)/i.exec(column.type) ?? []
  const max = '9'.repeat(Number(digits) - Number(scale)) || '0'
  const step = (10 ** -Number(scale)).toFixed(Number(scale))
  const near = numbersIn(clause).flatMap((text) => {
    const value = Number(text)
    return [text, `-${text}`, ...[value - 1, value + 1].map((number) => number.toFixed(Number(scale)))]
  })
  return ['1', '0', '-1', max, `-${max}`, step, ...near].filter(
    (text) => !(isUnsigned(column) && text.startsWith('-')),
  )
}

const dates = ({ type }: Column, clause: string): string[] => {
  const ends = /^timestamp/i.test(type)
    ? ['1970-01-01 00:00:01', '2038-01-19 03:14:07']
    : ['1000-01-01 00:00:00', '9999-12-31 23:59:59']
  // A Saturday and a Sunday, first and last days, midnight and noon: for clauses on a part of a date.
  const days = ['2001-02-03 04:05:06', '2001-02-04 12:00:00', '2024-02-29 23:59:59', '2030-01-01 00:00:00']
  return [...days, ...ends, ...stringsIn(clause).filter((text) => /\d/.test(text))]
}

const times = (clause: string) => [
  ...['00:00:00', '12:00:00', '23:59:59', '-838:59:59', '838:59:59'],
  ...stringsIn(clause).filter((text) => /\d/.test(text)),
]

const longestText = 5_000

const texts = ({ type }: Column, clause: string): string[] => {
  const room = Number(/\((\d+)\)/.exec(type)?.[1] ?? longestText)
  const lengths = numbersIn(clause).flatMap((text) => [Number(text) - 1, Number(text), Number(text) + 1])
  const found = stringsIn(clause)
  return [
    ...['x', '', 'X', '0', '-1', ' x', 'X y', '\u00fc'],
    ...(/json/i.test(clause) ? documentsFor(stringsIn(clause), numbersIn(clause)) : []),
    ...[...lengths, room]
      .filter((length) => Number.isInteger(length) && length > 0 && length <= longestText)
      .map((length) => 'x'.repeat(length)),
    // What a pattern is about, without the pattern's own signs.
    ...found.flatMap((text) => [text, `${text}x`, text.replace(/[\\^$.*+?()[\]{}|%]/g, '')]),
  ].filter((text) => [...text].length <= room)
}

const valuesFor = (column: Column, clause: string): string[] => {
  switch (familyOf(column)) {
    case 'integer':
      return integers(clause, integerRange(column))
    case 'bit':
      return integers(clause, [0n, 2n ** BigInt(/\d+/.exec(column.type)?.[0] ?? '1') - 1n])
    case 'year':
      return ['2000', ...integers(clause, [1901n, 2155n])]
    case 'decimal':
      return decimals(column, clause)
    case 'float':
      return ['1', '0', '-1', '1e30', '-1e30', ...decimals(column, clause)]
    case 'date':
      return dates(column, clause)
    case 'time':
      return times(clause)
    case 'json':
      return documentsFor(stringsIn(clause), numbersIn(clause))
    case 'enum':
      return stringsIn(column.type)
    case 'set':
      return ['', ...stringsIn(column.type), stringsIn(column.type).join(','), ...stringsIn(clause)]
    case 'binary':
    case 'text':
      return texts(column, clause)
  }
}

/** Values worth trying in a column so that `clause` changes its mind: edges of the type, what the clause names, NULL. */
export const candidatesFor = (column: Column, clause: string): Value[] => {
  const values = [...new Set(valuesFor(column, clause))]
  const [first, ...rest] = values
  if (!column.nullable) return values
  return first === undefined ? [null] : [first, null, ...rest]
}

/** A value that a row may hold in this column when nothing else is known. */
export const anyValueFor = (column: Column): Value =>
  column.nullable ? null : (valuesFor(column, '')[0] ?? null)
