import type { Column } from '../../core/schema/model.ts'
import { sameName } from '../../core/text/names.ts'
import { quoteText } from '../../core/text/quote.ts'
import { familyOf, isUnsigned, typedValue, type Value } from './values.ts'

const bits: Readonly<Record<string, bigint>> = {
  tinyint: 8n,
  smallint: 16n,
  mediumint: 24n,
  int: 32n,
  bigint: 64n,
}

const integersBeyond = (column: Column): string[] => {
  const size = bits[/^\w+/.exec(column.type.toLowerCase())?.[0] ?? '']
  if (size === undefined) return []
  const [least, most] = isUnsigned(column)
    ? [0n, 2n ** size - 1n]
    : [-(2n ** (size - 1n)), 2n ** (size - 1n) - 1n]
  return [least - 1n, most + 1n].map(String)
}

const decimalsBeyond = (column: Column): string[] => {
  const [, digits, scale = '0'] = /^decimal\((\d+)(?:,(\d+))?\)/i.exec(column.type) ?? []
  const tooLarge = digits === undefined ? [] : [`1${'0'.repeat(Number(digits) - Number(scale))}`]
  return isUnsigned(column) ? ['-1', ...tooLarge] : [...tooLarge, ...tooLarge.map((text) => `-${text}`)]
}

const noMember = 'no such member'

const textsBeyond = ({ type }: Column): string[] => {
  const room = /^(?:var)?char\((\d+)\)/i.exec(type)?.[1]
  return room === undefined ? [] : ['x'.repeat(Number(room) + 1)]
}

const isJson = ({ type }: Column): boolean => type.toLowerCase() === 'json'

/** Values that a column cannot hold because of its type, or of NOT NULL: what a clause that the type guarantees rules out. */
export const valuesBeyond = (column: Column): Value[] => {
  const nothing: Value[] = column.nullable ? [] : [null]
  switch (familyOf(column)) {
    case 'integer':
      return [...integersBeyond(column), ...nothing]
    case 'decimal':
      return [...decimalsBeyond(column), ...nothing]
    case 'enum':
      return [noMember, ...nothing]
    case 'text':
      return [...textsBeyond(column), ...nothing]
    case 'date':
      return /^timestamp/i.test(column.type)
        ? ['1960-01-01 00:00:00', '2040-01-01 00:00:00', ...nothing]
        : nothing
    default:
      return isJson(column) ? ['{', ...nothing] : nothing
  }
}

/** An expression that has such a value: of no type that would cut it to size. */
export const untypedValue = (column: Column, value: Value): string => {
  if (value === null) return 'NULL'
  switch (familyOf(column)) {
    case 'integer':
    case 'decimal':
      return value
    case 'enum':
    case 'text':
      return typedValue(column, value)
    default:
      return isJson(column) ? quoteText(value) : `CAST(${quoteText(value)} AS DATETIME)`
  }
}

const typeErrors = new Set([1048, 1264, 1265, 1292, 1366, 1406, 3140])

/** Whether the server refused a value because of the type of one of these columns, by the number and text of its error. */
export const isRefusedByType = (number: number, message: string, columns: readonly string[]): boolean => {
  // Some name no column, such as 3140; and 1265 of v7.5.0 says '%s'.
  const [, named = '%s'] = /\bcolumn '(.*)'/i.exec(message) ?? []
  const isOwn = columns.some((column) => sameName(column, named))
  return typeErrors.has(number) && (named === '%s' || isOwn)
}
