import { setTimeout as sleep } from 'node:timers/promises'
import autocannon from 'autocannon'
import { messageOf } from '../core/errors/harness-error.ts'
import type { NamedAsk } from './requests.ts'

declare module 'autocannon' {
  // Its types leave these out.
  interface Client {
    on(event: 'connError', listener: (error: unknown) => void): this
    destroy(): void
  }
}

/** What one client needs of the generator. */
export interface ClientOptions {
  readonly url: string
  readonly timeoutSeconds: number
  /** The next request; called when it is sent. */
  next(): NamedAsk
  /** Takes a 2xx answer that came after `ms` at `now` (performance.now()); returns what is wrong with its body. */
  answered(ask: NamedAsk, body: string, now: number, ms: number): string | undefined
  /** Told of each request that got no good answer. */
  failed(ask: NamedAsk, problem: string): void
}

export interface Client {
  /** Lets the request on its way come to its end, and sends no further one that counts. Resolves when that has ended. */
  drain(): Promise<void>
  /** Closes the connection of a drained client. */
  close(): Promise<void>
}

export const everyMs = 1000
const daySeconds = 86_400
const shownOfBody = 300
const timerSlackMs = 50

interface Sent {
  readonly ask: NamedAsk
  readonly at: number
}

const isSuccess = (status: number) => status >= 200 && status <= 299

/**
 * One connection that sends one request a second. autocannon sends what is due in a second as a burst, and passes
 * over a request whose connection is cut; so each client is an autocannon of its own, and every request is watched
 * here from its sending to its answer. It also connects anew without a pause and without a request; so a connection
 * error ends it, and the next one begins when the next request is due: each due request of an outage is an error.
 */
export const startClient = ({ url, timeoutSeconds, next, answered, failed }: ClientOptions): Client => {
  let sent: Sent | undefined
  let lastError = ''
  let dueAt = 0
  let isDraining = false
  let idle = () => {}

  const lose = () => {
    if (sent === undefined) return
    const waited = performance.now() - sent.at
    const isLate = waited >= timeoutSeconds * 1000 - timerSlackMs
    failed(sent.ask, isLate ? `no answer in ${timeoutSeconds} s` : lastError || 'the connection was cut')
    sent = undefined
  }

  const problemOf = ({ ask, at }: Sent, status: number, body: string, now: number): string | undefined => {
    const shown = body.slice(0, shownOfBody)
    if (!isSuccess(status)) return `${status}: ${shown}`
    const wrong = answered(ask, body, now, now - at)
    return wrong === undefined ? undefined : `${status}, but ${wrong}: ${shown}`
  }

  const options: autocannon.Options = {
    url,
    connections: 1,
    connectionRate: everyMs / 1000,
    duration: daySeconds,
    timeout: timeoutSeconds,
    sampleInt: 50,
    setupClient: (connection) => {
      connection.on('connError', (error) => {
        lastError = messageOf(error)
        connection.destroy()
      })
    },
    requests: [
      {
        setupRequest: (request) => {
          // A request that follows one without an answer is how autocannon shows that the first was lost.
          lose()
          if (isDraining) return { ...request, method: 'GET', path: '/' }
          const ask = next()
          const { method, path, body } = ask
          sent = { ask, at: performance.now() }
          dueAt = sent.at + everyMs
          lastError = ''
          if (body === undefined) return { ...request, method, path }
          const headers = { ...request.headers, 'content-type': 'application/json' }
          return { ...request, method, path, headers, body: JSON.stringify(body) }
        },
        onResponse: (status, body) => {
          if (sent === undefined) return
          const now = performance.now()
          const problem = problemOf(sent, status, body, now)
          if (problem !== undefined) failed(sent.ask, problem)
          sent = undefined
          if (isDraining) idle()
        },
      },
    ],
  }
  let stop = () => {}
  const connect = () =>
    new Promise<void>((resolve) => {
      const instance = autocannon(options, () => resolve())
      stop = () => instance.stop()
    })
  const run = async () => {
    while (!isDraining) {
      await connect()
      lose()
      if (!isDraining) await sleep(Math.max(0, dueAt - performance.now()))
    }
  }
  const ended = run()

  return {
    drain: async () => {
      isDraining = true
      if (sent !== undefined) {
        const due = sent.at + timeoutSeconds * 1000 - performance.now()
        const isIdle = new Promise<void>((resolve) => {
          idle = resolve
        })
        await Promise.race([isIdle, ended, sleep(Math.max(0, due))])
      }
      lose()
    },
    close: async () => {
      stop()
      await ended
    },
  }
}
