import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { pollUntil } from '../../core/async/poll-until.ts'
import { HarnessError } from '../../core/errors/harness-error.ts'
import type { ReadSession, WriteSession } from '../../core/server/session.ts'
import { type Available, askOfAll } from './available.ts'

const row = z.object({
  digest: z.string(),
  count: z.coerce.number(),
  totalMs: z.coerce.number(),
  maxMs: z.coerce.number(),
})
const textRow = z.object({ text: z.string().nullable() })

export const slowQueriesShape = z.object({
  thresholdMs: z.number(),
  top: z.array(z.object({ text: z.string(), count: z.number(), totalMs: z.number(), maxMs: z.number() })),
})
/** The slowest statements in the server's slow log, without the values in them. */
export type SlowQueries = z.infer<typeof slowQueriesShape>

// The bound on the time also spares the server from reading log files of other days. Query would hold values of rows.
const query = `SELECT Digest AS digest, COUNT(*) AS count, SUM(Query_time) * 1000 AS totalMs, MAX(Query_time) * 1000 AS maxMs
  FROM information_schema.slow_query
  WHERE Time >= ? AND Time <= NOW(6) AND Is_internal = 0 AND LOWER(DB) = LOWER(DATABASE())
  GROUP BY Digest ORDER BY totalMs DESC LIMIT 5`

const statementTextOf = async (session: ReadSession, digest: string): Promise<string> => {
  const { text } = await session.row(textRow, 'SELECT TIDB_DECODE_SQL_DIGESTS(?, 400) AS text', [
    JSON.stringify([digest]),
  ])
  const [known] = z.array(z.string().nullable()).parse(JSON.parse(text ?? '[]'))
  return known ?? `digest ${digest.slice(0, 12)}`
}

/** The top of this node's slow log since a time of the server's clock; the reason where it cannot be read. */
export const readSlowQueries = (session: ReadSession, since: string): Promise<Available<SlowQueries>> =>
  askOfAll(session, 'SLOW_QUERY', async () => {
    const { thresholdMs } = await session.row(
      z.object({ thresholdMs: z.coerce.number() }),
      'SELECT @@tidb_slow_log_threshold AS thresholdMs',
    )
    const rows = await session.rows(row, query, [since])
    const top = []
    for (const { digest, count, totalMs, maxMs } of rows) {
      top.push({
        text: await statementTextOf(session, digest),
        count,
        totalMs: Math.round(totalMs),
        maxMs: Math.round(maxMs),
      })
    }
    return { thresholdMs, top }
  })

const patienceMs = 5_000
const pauseMs = 200

/**
 * Runs a statement that is slow on purpose, and throws SLOW_LOG_SILENT when the server's slow log does not get it:
 * SLOW_QUERY is what answers where the guide reads mysql.slow_log. Returns how long the statement took, in ms.
 */
export const assertSlowLogWorks = async (session: WriteSession, thresholdMs: number): Promise<number> => {
  const { since } = await session.row(z.object({ since: z.string() }), 'SELECT NOW() AS since')
  const sleepMs = thresholdMs + 100
  const mark = `harness_${randomUUID().slice(0, 8)}`
  await session.ask(z.unknown(), `SELECT SLEEP(${sleepMs / 1000}) AS ${mark}`)
  const isLogged = async () => {
    const found = await session.rows(
      z.unknown(),
      'SELECT 1 FROM information_schema.slow_query WHERE Time >= ? AND Time <= NOW(6) AND Conn_ID = ? AND Query LIKE ?',
      [since, session.connectionId, `SELECT SLEEP(%${mark}%`],
    )
    return found.length > 0
  }
  const late = () =>
    new HarnessError('SLOW_LOG_SILENT', {
      what: `A statement of ${sleepMs} ms did not come into INFORMATION_SCHEMA.SLOW_QUERY within ${patienceMs / 1000} s.`,
      why: `The server calls a statement slow from ${thresholdMs} ms on (tidb_slow_log_threshold).`,
      next: 'SET GLOBAL tidb_enable_slow_log = ON, and see where tidb_slow_query_file leads.',
    })
  await pollUntil(isLogged, { everyMs: pauseMs, limitMs: patienceMs, late })
  return sleepMs
}
