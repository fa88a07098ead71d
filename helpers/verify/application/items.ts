import { HarnessError } from '../../core/errors/harness-error.ts'
import { type AppAnswer, shownPath } from './ask.ts'
import { redacted } from './log.ts'

const shownOfBody = 1000

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const childrenOf = (value: unknown): [name: string, part: unknown][] =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : []

const isFilled = (value: unknown): boolean =>
  typeof value === 'object' && value !== null ? Object.keys(value).length > 0 : Boolean(value)

const isNoAnswer = (name: string) => /error|debug|trace/i.test(name)

const namesError = (value: unknown): boolean =>
  childrenOf(value).some(([name, part]) => {
    if (/^(?:success|ok)$/i.test(name)) return part === false || part === 0 || part === 'false'
    if (/^(?:statusCode|code)$/i.test(name)) return typeof part === 'number' && part >= 400 && part <= 599
    if (/^status$/i.test(name)) return /^(?:error|fail(?:ed|ure)?)$/i.test(String(part))
    return /^errors?$/i.test(name) && isFilled(part)
  })

/** Whether an answer, or its `data`, says by itself that it failed, whatever its status: in one of the ways that are common. */
const saysError = (value: unknown): boolean =>
  namesError(value) || childrenOf(value).some(([name, part]) => name === 'data' && namesError(part))

/** The longest array that an answer is, or holds, itself or one level deeper, by the name of anything but errors. */
const listIn = (value: unknown): number | undefined => {
  if (Array.isArray(value)) return value.length
  const answersOf = (part: unknown) => childrenOf(part).filter(([name]) => !isNoAnswer(name))
  const own = answersOf(value)
  const lists = [...own, ...own.flatMap(([, part]) => answersOf(part))].flatMap(([, part]) =>
    Array.isArray(part) ? part.length : [],
  )
  return lists.length === 0 ? undefined : Math.max(...lists)
}

/**
 * How many items an answer lists. Throws APP_STATUS unless the answer is 2xx, APP_SAYS_ERROR when it says all the same
 * that it failed, and APP_SHAPE unless it is a JSON array, or an object that holds one, itself or one level deeper.
 */
export const itemsOf = ({ path, status, body }: AppAnswer): number => {
  if (status < 200 || status > 299) {
    throw new HarnessError('APP_STATUS', {
      what: `GET ${shownPath(path)} answers ${status}.`,
      next: 'See what the log of the application says, and check APP_BASE_URL and APP_ENDPOINTS.',
    })
  }
  const answer = parsed(body)
  if (saysError(answer)) {
    throw new HarnessError('APP_SAYS_ERROR', {
      what: `GET ${shownPath(path)} answers ${status}, and says that it failed: ${redacted(body.slice(0, shownOfBody))}`,
      next: 'See what the log of the application says.',
    })
  }
  const items = listIn(answer)
  if (items !== undefined) return items
  throw new HarnessError('APP_SHAPE', {
    what: `GET ${shownPath(path)} answers ${status}, but with no JSON array and no object that holds one, itself or one level deeper.`,
    next: 'See what it answers, and check APP_ENDPOINTS.',
  })
}
