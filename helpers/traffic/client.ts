import { Pool } from 'undici'
import { messageOf } from '../core/errors/harness-error.ts'
import type { Reply } from './reply.ts'
import type { Ask } from './requests.ts'

/** Sends a request once, on a connection that no other request uses meanwhile. Never rejects. */
export type Send = (ask: Ask) => Promise<Reply>

const wordsOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && error.code === 'UND_ERR_SOCKET'
    ? 'the connection was cut'
    : messageOf(error)

/** A way to ask the application at `url`, which has `timeoutSeconds` for a whole answer. Opens connections as requests need them. */
export const openClient = (url: string, timeoutSeconds: number): Send => {
  const pool = new Pool(url)
  const headers = { 'content-type': 'application/json' }
  return async ({ method, path, body }) => {
    const signal = AbortSignal.timeout(timeoutSeconds * 1000)
    const json = body === undefined ? {} : { headers, body: JSON.stringify(body) }
    try {
      const answer = await pool.request({ method, path, signal, ...json })
      return { status: answer.statusCode, body: await answer.body.text() }
    } catch (error) {
      return { problem: signal.aborted ? `no answer in ${timeoutSeconds} s` : wordsOf(error) }
    }
  }
}
