import type { SqlParams } from '../target/session.ts'
import type { Operator } from './plan.ts'

const textsOf = (params: SqlParams | undefined): string[] =>
  Object.values(params ?? {}).filter((value): value is string => typeof value === 'string' && value !== '')

const hide = (info: string, texts: readonly string[]): string => {
  // A range prints quotes and backslashes escaped, a condition prints them as they are.
  const printed = texts.flatMap((text) => [text, JSON.stringify(text).slice(1, -1)])
  const longest = printed.filter(({ length }) => length > 2).toSorted((a, b) => b.length - a.length)
  const whole = longest.reduce((line, text) => line.replaceAll(text, '?'), info)
  // An index on the first characters of a column prints those alone; a text of two letters is one only in quotes.
  return whole.replaceAll(/"([^"]*)"/g, (found, inner: string) =>
    inner !== '' && texts.some((text) => text.startsWith(inner)) ? '"?"' : found,
  )
}

/**
 * An operator, and those below it, without the texts that the query was asked with: they come from the target's own
 * rows, EXPLAIN prints them in its ranges, and a plan goes into reports. Numbers and the query's own literals stay.
 */
export const hideValues = (operator: Operator, params: SqlParams | undefined): Operator => {
  const texts = textsOf(params)
  const hidden = (found: Operator): Operator => ({
    ...found,
    operatorInfo: hide(found.operatorInfo, texts),
    children: found.children.map(hidden),
  })
  return texts.length === 0 ? operator : hidden(operator)
}
