import { messageOf } from '../../../core/errors/harness-error.ts'
import { serverErrorNumber } from '../../../core/errors/server-error.ts'
import type { ReadSession } from '../../../core/server/session.ts'
import { describeTransaction, longTransactions } from '../../../core/server/transactions.ts'
import type { DdlJob } from './ddl-jobs.ts'

const processMissing = 1227
// A transaction of a moment is in nobody's way; one that is open for longer than this holds the metadata lock.
const shortestSeconds = 3
const stillAfterMs = 4_000
const sayAgainMs = 30_000
// Nobody owns the DDL for 49 s when the server that did has died, and its metadata locks end after 70 to 80 s.
const unexplainedAfterMs = 20_000

// mysql.tidb_mdl_view says outright who blocks a job, but to administrators only (1142, 1356).
const describeBlockers = async (session: ReadSession, table: string): Promise<string[]> => {
  try {
    return (await longTransactions(session, [table], shortestSeconds)).map(describeTransaction)
  } catch (error) {
    if (serverErrorNumber(error) !== processMissing) throw error
    return [`somebody who cannot be seen, needs PROCESS: ${messageOf(error)}`]
  }
}

interface SeenState {
  readonly state: string
  readonly since: number
  saidAt: number
}

/** Notices DDL jobs that stand still, and who is in their way. */
export interface StillnessWatch {
  /**
   * Looks at the jobs as they are now. Names what blocks one that has stood still for 4 s, and again every 30 s; says after
   * 20 s that nothing does.
   */
  look(session: ReadSession, jobs: readonly DdlJob[]): Promise<void>
  /** The transactions that were in the way of jobs on this table, one line each. */
  blockersOf(table: string): string[]
}

/** A watch over the jobs of one wait; `say` gets a line for each transaction that a job waits for. */
export const watchStillness = (
  say: (line: string) => void,
  clock = () => performance.now(),
): StillnessWatch => {
  const seen = new Map<number, SeenState>()
  const named = new Map<string, Set<string>>()
  return {
    blockersOf: (table) => [...(named.get(table.toLowerCase()) ?? [])],
    look: async (session, jobs) => {
      const now = clock()
      for (const { jobId, table, state, schemaState, rows } of jobs) {
        const stands = `${state} ${schemaState} ${rows}`
        const last = seen.get(jobId)
        const job =
          last?.state === stands ? last : { state: stands, since: now, saidAt: Number.NEGATIVE_INFINITY }
        seen.set(jobId, job)
        if (now - job.since < stillAfterMs || now - job.saidAt < sayAgainMs) continue
        const blockers = await describeBlockers(session, table)
        if (blockers.length === 0 && now - job.since < unexplainedAfterMs) continue
        job.saidAt = now
        if (blockers.length === 0 && state !== 'paused')
          say(
            `DDL job ${jobId} on ${table} has told of no progress for ${Math.round((now - job.since) / 1000)} s, and no transaction is in its way; it is not lost: while rows are tested none is told, and where a server of the cluster has died a DDL stands still for 70 to 80 s, until its lease ends, and goes on by itself`,
          )
        const key = table.toLowerCase()
        for (const blocker of blockers) {
          named.set(key, (named.get(key) ?? new Set()).add(blocker))
          say(`DDL job ${jobId} on ${table} is blocked by ${blocker}; it goes on when that ends`)
        }
      }
    },
  }
}
