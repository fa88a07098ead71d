import type { Column } from '../../core/schema/model.ts'
import { familyOf, isUnsigned, type Value } from './values.ts'

// A name is matched to be stepped over: it may hold a quote.
const nameOrText = /`(?:[^`]|``)*`|'((?:[^'\\]|\\[\s\S]|'')*)'/g

const stringsIn = (sql: string): string[] =>
  [...sql.matchAll(nameOrText)].flatMap(([, text]) =>
    text === undefined ? [] : [text.replace(/''|\\([\s\S])/g, (found, escaped = found[0]) => escaped)],
  )

// Digits in names, strings and introducers such as _utf8mb4 are no numbers.
const numbersIn = (sql: string): string[] =>
  [...sql.replace(nameOrText, ' ').matchAll(/(?<![\w.])\d+(?:\.\d+)?/g)].map(([text]) => text)

const integers = (clause: string): string[] =>
  numbersIn(clause)
    .map((text) => BigInt(text.split('.')[0] ?? text))
    .flatMap((number) => [number - 1n, number, number + 1n, -number].map(String))

const decimals = ({ type }: Column, clause: string): string[] => {
  const scale = Number(/,(\d+)\)/.exec(type)?.[1] ?? 0)
  const near = numbersIn(clause).flatMap((text) =>
    [-1, 1].map((step) => (Number(text) + step).toFixed(scale)),
  )
  return [(10 ** -scale).toFixed(scale), ...numbersIn(clause), ...near]
}

const longestText = 5_000

const texts = ({ type }: Column, clause: string): string[] => {
  const room = Number(/\((\d+)\)/.exec(type)?.[1] ?? longestText)
  const lengths = numbersIn(clause).flatMap((text) => [Number(text) - 1, Number(text) + 1])
  const long = lengths.filter((length) => length > 0 && length <= longestText)
  return ['x', '', 'X', '0', ...long.map((length) => 'x'.repeat(length)), ...stringsIn(clause)].filter(
    (text) => [...text].length <= room,
  )
}

const valuesFor = (column: Column, clause: string): string[] => {
  const dated = stringsIn(clause).filter((text) => /\d/.test(text))
  switch (familyOf(column)) {
    case 'integer':
      return /^year/i.test(column.type)
        ? ['2000', ...integers(clause)]
        : ['1', '0', '-1', ...integers(clause)]
    case 'decimal':
      return ['1', '0', '-1', ...decimals(column, clause)]
    case 'date':
      return [
        '2001-02-03 04:05:06',
        '2024-02-29 23:59:59',
        '1970-01-02 00:00:00',
        '2038-01-18 00:00:00',
        ...dated,
      ]
    case 'time':
      return ['00:00:00', '12:00:00', '23:59:59', ...dated]
    case 'enum':
      return stringsIn(column.type)
    case 'text':
      return texts(column, clause)
    case 'other':
      return []
  }
}

/** Values worth trying in a column so that `clause` changes its mind: common ones, what the clause names, NULL. */
export const candidatesFor = (column: Column, clause: string): Value[] => {
  const [first, ...rest] = new Set(
    valuesFor(column, clause).filter((text) => !(isUnsigned(column) && text.startsWith('-'))),
  )
  const nothing = column.nullable ? [null] : []
  return first === undefined ? nothing : [first, ...nothing, ...rest]
}

/** A value that a row may hold in this column when nothing else is known. */
export const anyValueFor = (column: Column): Value =>
  column.nullable ? null : (valuesFor(column, '')[0] ?? '0')
