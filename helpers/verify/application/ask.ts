import { HarnessError, messageOf } from '../../core/errors/harness-error.ts'

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
  new HarnessError('APP_NO_ANSWER', { what: `GET ${shownPath(path)} got no complete answer: ${why}`, next })

// fetch refuses a URL with a name and a password in it, and says the whole URL when it does.
const appRequestOf = (baseUrl: string, path: string): [URL, Record<string, string>] => {
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
  const [url, headers] = appRequestOf(baseUrl, path)
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
