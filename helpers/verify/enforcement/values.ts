import type { Column } from '../../core/schema/model.ts'
import { quoteText } from '../../core/text/quote.ts'

const families = [
  [/^(?:tiny|small|medium|big)?int/i, 'integer'],
  [/^decimal/i, 'decimal'],
  [/^(?:float|double)/i, 'float'],
  [/^bit/i, 'bit'],
  [/^year/i, 'year'],
  [/^(?:date|timestamp)/i, 'date'],
  [/^time/i, 'time'],
  [/^json/i, 'json'],
  [/^enum/i, 'enum'],
  [/^set/i, 'set'],
  [/^(?:var)?binary|^(?:tiny|medium|long)?blob/i, 'binary'],
] as const

/** What kinds of values a column takes. */
export type Family = (typeof families)[number][1] | 'text'

export const familyOf = ({ type }: Column): Family =>
  families.find(([pattern]) => pattern.test(type))?.[1] ?? 'text'

export const isUnsigned = ({ type }: Column): boolean => /unsigned/i.test(type)

/** A value of a column as text; null is NULL. */
export type Value = string | null

const fraction = (type: string) => /\(\d\)/.exec(type)?.[0] ?? ''

const dateType = (type: string) => (/^date$/i.test(type) ? 'DATE' : `DATETIME${fraction(type)}`)

// Without the column's own collation 'x' = 'X' would be answered in another way than in the column.
const inCollation = (text: string, collation: string | null) =>
  collation === null
    ? quoteText(text)
    : `CONVERT(${quoteText(text)} USING ${collation.split('_')[0]}) COLLATE ${collation}`

/** An expression that has this value and the type that it would have in the column. */
export const typedValue = (column: Column, value: Value): string => {
  if (value === null) return 'NULL'
  const { type, collation } = column
  const text = quoteText(value)
  switch (familyOf(column)) {
    case 'integer':
    case 'bit':
    case 'year':
      return `CAST(${text} AS ${isUnsigned(column) ? 'UNSIGNED' : 'SIGNED'})`
    case 'decimal':
      return `CAST(${text} AS ${/^decimal\(\d+(?:,\d+)?\)/i.exec(type)?.[0] ?? 'DECIMAL(65,30)'})`
    case 'float':
      return `CAST(${text} AS DOUBLE)`
    case 'date':
      return `CAST(${text} AS ${dateType(type)})`
    case 'time':
      return `CAST(${text} AS TIME${fraction(type)})`
    case 'json':
      return `CAST(${text} AS JSON)`
    case 'binary':
      return `CAST(${text} AS BINARY)`
    case 'enum':
    case 'set':
    case 'text':
      return inCollation(value, collation)
  }
}

const unquoted: readonly Family[] = ['integer', 'decimal', 'float', 'bit', 'year']

/** The value as a literal for INSERT and UPDATE. */
export const literal = (column: Column, value: Value): string => {
  if (value === null) return 'NULL'
  return unquoted.includes(familyOf(column)) ? value : quoteText(value)
}
