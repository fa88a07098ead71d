import type { Column } from '../../core/schema/model.ts'
import { quoteText } from '../../core/text/quote.ts'

const families = [
  [/^(?:(?:tiny|small|medium|big)?int|year)/i, 'integer'],
  [/^(?:decimal|float|double)/i, 'decimal'],
  [/^(?:date|timestamp)/i, 'date'],
  [/^time/i, 'time'],
  [/^enum/i, 'enum'],
  [/^(?:var)?char|^(?:tiny|medium|long)?text/i, 'text'],
] as const

/** What kinds of values a column takes. No values are made up for `other`: JSON, SET, BIT, binary. */
export type Family = (typeof families)[number][1] | 'other'

export const familyOf = ({ type }: Column): Family =>
  families.find(([pattern]) => pattern.test(type))?.[1] ?? 'other'

export const isUnsigned = ({ type }: Column): boolean => /unsigned/i.test(type)

/** A value of a column as text; null is NULL. */
export type Value = string | null

const castType = (column: Column): string | undefined => {
  const { type } = column
  const [fraction = ''] = /\(\d\)/.exec(type) ?? []
  switch (familyOf(column)) {
    case 'integer':
      return isUnsigned(column) ? 'UNSIGNED' : 'SIGNED'
    case 'decimal':
      return /^decimal\(\d+(?:,\d+)?\)/i.exec(type)?.[0] ?? 'DOUBLE'
    case 'date':
      return /^date$/i.test(type) ? 'DATE' : `DATETIME${fraction}`
    case 'time':
      return `TIME${fraction}`
    default:
      return undefined
  }
}

/** An expression that has this value and the type that it would have in the column. */
export const typedValue = (column: Column, value: Value): string => {
  if (value === null) return 'NULL'
  const type = castType(column)
  if (type !== undefined) return `CAST(${quoteText(value)} AS ${type})`
  // Without the column's own collation 'x' = 'X' would be answered in another way than in the column.
  const { collation } = column
  return collation === null
    ? quoteText(value)
    : `CONVERT(${quoteText(value)} USING ${collation.split('_')[0]}) COLLATE ${collation}`
}

/** The value as a literal for INSERT and UPDATE. */
export const literal = (column: Column, value: Value): string => {
  if (value === null) return 'NULL'
  const isBare = ['integer', 'decimal', 'other'].includes(familyOf(column)) && !/^json$/i.test(column.type)
  return isBare ? value : quoteText(value)
}
