import type { SqlParams } from '../server/session.ts'

/** The texts among the parameters of a query. */
export const textsOf = (params: SqlParams | undefined): string[] =>
  Object.values(params ?? {}).filter((value): value is string => typeof value === 'string' && value !== '')

/**
 * What EXPLAIN says of an operator, without the texts that the query was asked with: they come from the target's own
 * rows, stand in quotes there, and a plan goes into reports. Numbers, dates and the query's own literals stay.
 */
export const hideTexts = (info: string, texts: readonly string[]): string => {
  // A range prints quotes and backslashes escaped, a condition prints them as they are; a function may change the case.
  const printed = texts.flatMap((text) => [text, JSON.stringify(text).slice(1, -1)])
  const whole = printed
    .toSorted((a, b) => b.length - a.length)
    .reduce((line, text) => line.replaceAll(new RegExp(`"${RegExp.escape(text)}"`, 'gi'), '"?"'), info)
  // An index on the first characters of a column prints those alone.
  return whole.replaceAll(/"([^"]+)"/g, (found, inner: string) =>
    texts.some((text) => text.toLowerCase().startsWith(inner.toLowerCase())) ? '"?"' : found,
  )
}
