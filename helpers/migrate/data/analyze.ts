import { z } from 'zod'
import { pollUntil } from '../../core/async/poll-until.ts'
import { HarnessError } from '../../core/errors/harness-error.ts'
import type { WriteSession } from '../../core/server/session.ts'
import { quoteName } from '../../core/text/quote.ts'
import { runAnalyze } from './run-analyze.ts'

/** TiDB adds loaded rows to its statistics every 20 leases; a lease is 3 s unless configured. */
const bookingMs = 75_000
const patienceMs = 600_000
const pauseMs = 200
// Less than one row in 10,000 it keeps to itself for up to an hour (DumpStatsDeltaRatio): no estimate differs by that.
const bookedShare = 1 - 1 / 10_000

const count = z.object({ rows: z.number() })
const countedRow = z.object({ Table_name: z.string(), Row_count: z.number() })

/** Rows by table, in lower case. */
const bookedRows = async (session: WriteSession): Promise<Map<string, number>> => {
  const booked = new Map<string, number>()
  // A partitioned table has a line for each partition and one for all of them, which says the same once more.
  for (const line of await session.rows(
    countedRow,
    "SHOW STATS_META WHERE Db_name = DATABASE() AND Partition_name <> 'global'",
  )) {
    const table = line.Table_name.toLowerCase()
    booked.set(table, (booked.get(table) ?? 0) + line.Row_count)
  }
  return booked
}

/** The tables for which the server's statistics do not yet hold the rows, each with what they hold. */
const tablesBehind = async (session: WriteSession, rows: ReadonlyMap<string, number>): Promise<string[]> => {
  const known = await bookedRows(session)
  return [...rows]
    .map(([table, want]) => ({ table, want, has: known.get(table.toLowerCase()) ?? 0 }))
    .filter(({ want, has }) => has < want * bookedShare)
    .map(({ table, want, has }) => `${table} (${has.toLocaleString('en')} of ${want.toLocaleString('en')})`)
}

/** Waits until the rows are booked, or nothing more is: rows that were booked while an ANALYZE ran are lost for good (seen at 1,000,000 orders). */
const waitForBooking = async (session: WriteSession, rows: ReadonlyMap<string, number>): Promise<void> => {
  let changedAt = performance.now()
  let last = ''
  const isBooked = async () => {
    const behind = (await tablesBehind(session, rows)).join(', ')
    const now = performance.now()
    if (behind !== last) changedAt = now
    last = behind
    return behind === '' || now - changedAt > bookingMs
  }
  const late = () =>
    new HarnessError('STATISTICS_LATE', {
      what: `The server's statistics still miss loaded rows after ${patienceMs / 1000} s, and go on changing: ${last}.`,
      why: 'Until it has booked them, ANALYZE TABLE gives estimates that double later.',
      next: 'Look at SHOW STATS_META and at the server log, then run again.',
      fields: { tables: last },
    })
  await pollUntil(isBooked, { everyMs: pauseMs, limitMs: patienceMs, late })
}

/**
 * Gives freshly loaded tables of the session's database statistics that stay as they are.
 *
 * An ANALYZE that comes before the server has booked the loaded rows is right for a moment; then the rows
 * are added once more and every estimate is twice the truth (issue 3, seen on v7.5.0 as a full scan in
 * place of an index). So it waits for the booking first.
 * Throws STATISTICS_LATE when the server has not ended its booking within 10 minutes.
 */
export const analyzeLoaded = async (session: WriteSession, tables: readonly string[]): Promise<void> => {
  const rows = new Map<string, number>()
  for (const table of tables) {
    const found = await session.row(count, `SELECT COUNT(*) AS \`rows\` FROM ${quoteName(table)}`)
    rows.set(table, found.rows)
  }
  await waitForBooking(session, rows)
  for (const table of tables) await runAnalyze(session, `ANALYZE TABLE ${quoteName(table)}`)
}
