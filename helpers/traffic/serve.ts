// `tidb-migration-harness/application`: what an application of a migration, and its buyers, stand on. Its server.ts runs
// as a process of its own: the address comes in by standard input, never by argv, and when that closes (the harness
// ended, in whatever way) the process ends.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Pool } from 'mysql2/promise'
import { z } from 'zod'
import { messageOf } from '../core/errors/harness-error.ts'
import { openThrowAwayPool } from '../core/server/pool.ts'
import { openParent } from './parent.ts'

export type { Ask, Buyers, RequestKind } from './requests.ts'

/** One request, as a route sees it. */
export interface Question {
  /** The parts of the path that the route names with a colon, and the values behind the question mark. */
  readonly params: Readonly<Record<string, string>>
  /** The parsed JSON of a POST. */
  readonly body: unknown
}

export interface Answer {
  readonly status: number
  readonly body: unknown
}

export interface Route {
  readonly method: 'GET' | 'POST'
  /** Such as /api/users/:user/orders. */
  readonly path: string
  answer(pool: Pool, question: Question): Promise<Answer>
}

/** What the harness tells an application when it starts it. */
export const applicationConfig = z.object({
  token: z.string(),
  address: z.object({
    host: z.string(),
    port: z.number(),
    user: z.string(),
    password: z.string(),
    database: z.string(),
  }),
})
export type ApplicationConfig = z.infer<typeof applicationConfig>

const poolSize = 10

/** The named parts of a path, or undefined when the route is for another one. */
const match = (route: Route, path: string): Record<string, string> | undefined => {
  const [wanted, found] = [route.path.split('/'), path.split('/')]
  const fits =
    wanted.length === found.length && wanted.every((part, i) => part.startsWith(':') || part === found[i])
  if (!fits) return undefined
  const named = wanted.flatMap((part, i) => (part.startsWith(':') ? [[part.slice(1), found[i] ?? '']] : []))
  return Object.fromEntries(named)
}

const readBody = async (request: IncomingMessage): Promise<unknown> => {
  const text = (await request.toArray()).join('')
  return text === '' ? undefined : JSON.parse(text)
}

const answerWith = async (
  routes: readonly Route[],
  pool: Pool,
  request: IncomingMessage,
): Promise<Answer> => {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://application')
  for (const route of routes) {
    const params = route.method === request.method ? match(route, pathname) : undefined
    if (params === undefined) continue
    const body = await readBody(request)
    return route.answer(pool, { params: { ...Object.fromEntries(searchParams), ...params }, body })
  }
  return { status: 404, body: { error: `nothing is at ${pathname}` } }
}

const send = (response: ServerResponse, { status, body }: Answer): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

const listen = (server: Server): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const place = server.address()
      resolve(typeof place === 'object' && place !== null ? place.port : 0)
    })
  })

/** Serves these routes on a free port of the loopback until the harness ends. Refuses a server that is not throw-away. */
export const serveApplication = async (routes: readonly Route[]): Promise<void> => {
  const parent = openParent()
  const pool = await openThrowAwayPool(applicationConfig.parse(await parent.next()), poolSize)
  // No retry anywhere: what the server refuses while it migrates is what a user would see.
  const server = createServer((request, response) => {
    answerWith(routes, pool, request)
      .catch((error: unknown) => ({ status: 500, body: { error: messageOf(error) } }))
      .then((answer) => send(response, answer))
  })
  // An idle connection that the server cuts by itself would count as an error of the migration.
  server.keepAliveTimeout = 120_000
  parent.say({ port: await listen(server) })
}
