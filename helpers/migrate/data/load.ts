import { withWorkers } from '../../core/async/workers.ts'
import { HarnessError, messageOf } from '../../core/errors/harness-error.ts'
import type { WriteSession } from '../../core/server/session.ts'
import { type InsertBatch, insertBatches } from './insert-batches.ts'
import { createLoadRecorder, type LoadProgress, type LoadResult } from './load-result.ts'
import type { TableRows } from './table-rows.ts'

export type { LoadProgress, LoadResult } from './load-result.ts'

export interface LoadOptions {
  /** How many connections insert at once. Two to four serve a server on two cores best. */
  readonly connections: number
  /** Rows in one INSERT, 1,000 unless told. */
  readonly batchRows?: number
  /** Called after each INSERT. */
  readonly onProgress?: (progress: LoadProgress) => void
}

/** Measured on v7.5.0: the last three take a tenth off the server time. All of them end with the session. */
const SESSION: readonly (readonly [name: string, value: string | number])[] = [
  ['foreign_key_checks', 0],
  ['unique_checks', 0],
  ['tidb_enable_mutation_checker', 'OFF'],
  ['tidb_txn_assertion_level', 'OFF'],
  ['tidb_use_plan_baselines', 'OFF'],
]

const sendInsert = async (session: WriteSession, { table, sql }: InsertBatch): Promise<void> => {
  try {
    await session.run(sql)
  } catch (thrown) {
    // No cause in either: the driver's error carries the whole statement, hundreds of kilobytes.
    if (!(thrown instanceof Error && 'sqlState' in thrown)) {
      throw new HarnessError('DATA_INTERRUPTED', {
        what: `The connection broke while rows of ${table.table} were loaded: ${messageOf(thrown)}`,
        next: 'Read the end of the server log, then load again into an empty database.',
        fields: { table: table.table },
      })
    }
    throw new HarnessError('DATA_REFUSED', {
      what: `The server refused generated rows of ${table.table}: ${messageOf(thrown)}`,
      next: 'Make the generator fit the baseline schema, then load again into an empty database.',
      fields: { table: table.table, statement: sql.slice(0, 500) },
    })
  }
}

/**
 * Loads all tables over several connections and returns what was loaded and how fast.
 *
 * Foreign keys are not checked, so the order of the tables does not matter. Throws DATA_REFUSED when the server
 * takes a statement amiss, DATA_INTERRUPTED when the connection breaks, and DATA_COUNT_WRONG when a table gave
 * other than `count` rows. The rows that were loaded until then stay.
 */
export const loadTables = async (
  connect: () => Promise<WriteSession>,
  tables: readonly TableRows[],
  options: LoadOptions,
): Promise<LoadResult> => {
  const recorder = createLoadRecorder(tables, options.onProgress)
  const batches = insertBatches(tables, options.batchRows ?? 1_000)
  const open = async () => {
    await using opened = new AsyncDisposableStack()
    const session = opened.use(await connect())
    for (const [name, value] of SESSION) await session.setSession(name, value)
    opened.move()
    return session
  }
  await withWorkers(options.connections, batches, open, async (batch, session) => {
    recorder.began(batch.table)
    await sendInsert(session, batch)
    recorder.inserted(batch.table, batch.rows)
  })
  return recorder.result()
}
