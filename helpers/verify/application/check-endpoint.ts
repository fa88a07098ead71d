import { HarnessError } from '../../core/errors/harness-error.ts'
import { type AppAnswer, ask, shownPath } from './ask.ts'
import { itemsOf } from './items.ts'

/** What an endpoint answered: the status, the items in it, and the ms of the second of two requests. */
export interface EndpointFound {
  readonly status: number
  readonly items: number
  readonly ms: number
}

const judgeAnswer = (answer: AppAnswer): EndpointFound => ({
  status: answer.status,
  items: itemsOf(answer),
  ms: answer.ms,
})

/**
 * Asks twice, and times the second: a first request may open connections and fill caches.
 * Throws APP_NO_ANSWER, APP_STATUS, APP_SAYS_ERROR, APP_SHAPE, or APP_SLOW.
 */
export const checkEndpoint = async (baseUrl: string, path: string, maxMs: number): Promise<EndpointFound> => {
  judgeAnswer(await ask(baseUrl, path))
  const found = judgeAnswer(await ask(baseUrl, path))
  if (found.ms <= maxMs) return found
  throw new HarnessError('APP_SLOW', {
    what: `GET ${shownPath(path)} took ${found.ms} ms; APP_MAX_MS allows ${maxMs}.`,
    next: 'Find out why, or set APP_MAX_MS to what this application needs.',
  })
}

// Other checks of the section have these names.
const taken = ['log', 'calm', 'traffic', 'purchases', 'no-downtime']

/** The last part of each path, as the name of its check; the whole path, or that and a number, where two are alike. */
export const nameEndpoints = (paths: readonly string[]): { name: string; path: string }[] => {
  const wholes = paths.map(shownPath)
  const lasts = wholes.map((path) => path.split('/').filter(Boolean).at(-1) ?? '/')
  return paths.map((path, at) => {
    const [last = '', whole = ''] = [lasts[at], wholes[at]]
    if (!taken.includes(last) && lasts.filter((name) => name === last).length === 1)
      return { name: last, path }
    const nth = wholes.slice(0, at + 1).filter((name) => name === whole).length
    return { name: nth === 1 ? whole : `${whole} ${nth}`, path }
  })
}
