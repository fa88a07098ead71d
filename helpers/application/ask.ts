import { HarnessError, messageOf } from '../errors/harness-error.ts'

/** How an application answered one GET. */
export interface AppAnswer {
  readonly path: string
  readonly status: number
  readonly ms: number
  readonly body: string
}

const patienceMs = 30_000

/** Without what stands behind the question mark, which may hold a key. */
export const shownPath = (path: string): string => path.split('?')[0] ?? path

const noAnswer = (path: string, why: string, next: string): HarnessError =>
  new HarnessError('APP_NO_ANSWER', { what: `GET ${shownPath(path)} got no whole answer: ${why}`, next })

// fetch refuses a URL with a name and a password in it, and says the whole URL when it does.
const requestOf = (baseUrl: string, path: string): [URL, Record<string, string>] => {
  const url = new URL(baseUrl)
  const { username, password } = url
  url.username = ''
  url.password = ''
  url.pathname = url.pathname.replace(/\/+$/, '')
  const headers = { accept: 'application/json' }
  const full = new URL(`${url.origin}${url.pathname === '/' ? '' : url.pathname}${path}`)
  if (username === '') return [full, headers]
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return [full, { ...headers, authorization: `Basic ${Buffer.from(credentials).toString('base64')}` }]
}

const causeOf = (error: unknown): string =>
  error instanceof Error && error.cause !== undefined ? messageOf(error.cause) : messageOf(error)

/** Asks by GET, and times it up to the last byte. Throws APP_NO_ANSWER after `limitMs`, or when nothing answers. */
export const ask = async (baseUrl: string, path: string, limitMs = patienceMs): Promise<AppAnswer> => {
  const [url, headers] = requestOf(baseUrl, path)
  const started = performance.now()
  const signal = AbortSignal.timeout(limitMs)
  try {
    const response = await fetch(url, { headers, signal, redirect: 'manual' })
    const body = await response.text()
    return { path, status: response.status, ms: Math.round(performance.now() - started), body }
  } catch (error) {
    if (signal.aborted) throw noAnswer(path, `none within ${limitMs} ms.`, 'Find out what holds it up.')
    throw noAnswer(path, `${causeOf(error)}.`, 'See that the application runs, and check APP_BASE_URL.')
  }
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The longest array anywhere in a JSON value; undefined when it holds none. */
const listIn = (value: unknown): number | undefined => {
  if (Array.isArray(value)) return value.length
  if (typeof value !== 'object' || value === null) return undefined
  const found = Object.values(value).flatMap((part) => listIn(part) ?? [])
  return found.length === 0 ? undefined : Math.max(...found)
}

/**
 * How many items an answer lists. Throws APP_STATUS unless the answer is 2xx, and APP_SHAPE unless it is a JSON
 * array, or an object that holds one.
 */
export const itemsOf = ({ path, status, body }: AppAnswer): number => {
  if (status < 200 || status > 299) {
    throw new HarnessError('APP_STATUS', {
      what: `GET ${shownPath(path)} answers ${status}.`,
      next: 'See what the log of the application says, and check APP_BASE_URL and APP_ENDPOINTS.',
    })
  }
  const items = listIn(parsed(body))
  if (items !== undefined) return items
  throw new HarnessError('APP_SHAPE', {
    what: `GET ${shownPath(path)} answers ${status}, but with no JSON array and no object that holds one.`,
    next: 'See what it answers, and check APP_ENDPOINTS.',
  })
}
