import { findEntry } from './catalogue/catalogue.ts'
import { type Names, openNames, type Remedy } from './catalogue/entry.ts'
import { HarnessError, messageOf } from './harness-error.ts'
import { errorCode } from './server-error.ts'

/** What the catalogue knows of an error. */
export interface Advice {
  /** The entry of docs/errors.md. */
  readonly id: string
  readonly symptom: string
  readonly cause: string
  readonly remedy: readonly Remedy[]
  /** The remedy as lines of text, ready for the `next` of a HarnessError. */
  readonly next: string
}

const longestStatement = 300

const remedyTextOf = ({ say, sql, command }: Remedy): string => {
  const typed = sql ?? command
  return typed === undefined ? `${say}.` : `${say}: ${typed}`
}

const isName = (name: string): name is keyof Names => name in openNames

const given = (names: object): Partial<Names> =>
  Object.fromEntries(
    Object.entries(names).filter(([name, value]) => isName(name) && value !== undefined && value !== ''),
  )

/**
 * What the catalogue knows of an error or warning of the server, or undefined. The remedy is filled with `known`,
 * then with the names in the message; what neither tells stands in capitals.
 */
export const adviceFor = (
  said: { readonly code: number | string; readonly message: string },
  known: Partial<Names> = {},
): Advice | undefined => {
  const entry = findEntry(said.code, said.message)
  if (entry === undefined) return undefined
  const found = entry.says?.exec(said.message)?.groups ?? {}
  const remedy = entry.remedy({ ...openNames, ...given(found), ...given(known) })
  const { id, symptom, cause } = entry
  return { id, symptom, cause, remedy, next: remedy.map(remedyTextOf).join('\n        ') }
}

const failedStatementOf = (thrown: unknown): string | undefined =>
  thrown instanceof Error && 'sql' in thrown && typeof thrown.sql === 'string' ? thrown.sql : undefined

/** The same for something that was thrown; undefined for what is no error of the server or of its connection. */
export const adviceForThrown = (thrown: unknown, known: Partial<Names> = {}): Advice | undefined => {
  const code = errorCode(thrown)
  if (code === undefined) return undefined
  const statement = failedStatementOf(thrown)
  const short = statement !== undefined && statement.length <= longestStatement ? { statement } : {}
  return adviceFor({ code, message: messageOf(thrown) }, { ...short, ...known })
}

/** The `why` of a HarnessError whose cause this is; empty where the catalogue knows nothing of it. */
export const whyOf = (thrown: unknown): { why?: string } => {
  const advice = adviceForThrown(thrown)
  return advice === undefined ? {} : { why: advice.cause }
}

/**
 * Turns an error of the server, or of its connection, into SERVER_ERROR with the cause and the remedy.
 * Everything else comes back as it is: our own errors say what to do already.
 */
export const withAdvice = (thrown: unknown, known: Partial<Names> = {}): unknown => {
  if (thrown instanceof HarnessError) return thrown
  const [code, advice] = [errorCode(thrown), adviceForThrown(thrown, known)]
  const isOfServer = typeof code === 'number'
  if (code === undefined || (advice === undefined && !isOfServer)) return thrown
  const statement = failedStatementOf(thrown)
  const shown = statement === undefined ? '' : `, to: ${statement.slice(0, longestStatement)}`
  return new HarnessError('SERVER_ERROR', {
    what: `${code}: ${messageOf(thrown)}${shown}`,
    ...whyOf(thrown),
    next: advice?.next ?? 'Run the statement by hand in a client. docs/errors.md has no entry for this code.',
    cause: thrown,
    fields: { code, ...(advice === undefined ? {} : { advice: advice.id }) },
  })
}
