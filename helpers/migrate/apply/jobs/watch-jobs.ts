import { forEver, pollUntil } from '../../../core/async/poll-until.ts'
import { HarnessError, messageOf } from '../../../core/errors/harness-error.ts'
import { isRefusedByServer } from '../../../core/errors/server-error.ts'
import type { ReadSession } from '../../../core/server/session.ts'
import { watchStillness } from './blockers.ts'
import { type DdlJob, unfinishedJobs } from './ddl-jobs.ts'

const lookEveryMs = 500
// As long as a server of a cloud may be away when it is replaced.
const awayAtMostMs = 180_000
const againEveryMs = 2_000

const jobStatesOf = (jobs: readonly DdlJob[]) =>
  jobs.map(({ jobId, state, schemaState, rows }) => `${jobId} ${state} ${schemaState} ${rows}`).join()

/**
 * Waits on one connection until no DDL job of the database is left that `isMeant` picks, and says what it waits for when
 * something has changed. Returns the jobs it waited for. Throws what the connection throws.
 */
export const waitOnConnection = async (
  session: ReadSession,
  say: (line: string) => void,
  isMeant: (job: DdlJob) => boolean = () => true,
): Promise<DdlJob[]> => {
  const seen = new Map<number, DdlJob>()
  const stillness = watchStillness(say)
  let said = ''
  const areAllDone = async () => {
    const jobs = (await unfinishedJobs(session)).filter(isMeant)
    if (jobs.length === 0) return true
    for (const job of jobs) seen.set(job.jobId, job)
    if (said !== jobStatesOf(jobs)) {
      said = jobStatesOf(jobs)
      for (const { jobId, table, type, state, rows } of jobs)
        say(
          `waiting for DDL job ${jobId} on ${table} (${type}, ${state}), ${rows.toLocaleString('en')} rows done${
            state === 'paused' ? `; an administrator lets it go on: ADMIN RESUME DDL JOBS ${jobId}` : ''
          }`,
        )
    }
    await stillness.look(session, jobs)
    return false
  }
  await pollUntil(areAllDone, { everyMs: lookEveryMs, limitMs: forEver })
  return [...seen.values()]
}

/**
 * Waits until no DDL job of the database is left, all the same how often a connection is cut meanwhile. Returns the jobs it
 * waited for.
 *
 * A job goes on when its client dies, so a run that follows a killed one lets it end first. It waits for as long as it
 * takes: the server would go on after any limit. Throws what the server refuses, and what the last attempt threw when no
 * connection could be opened for 3 minutes.
 */
export const waitForJobs = async (
  open: () => Promise<ReadSession>,
  say: (line: string) => void,
): Promise<DdlJob[]> => {
  let reachedAt = performance.now()
  const attempt = async () => {
    try {
      await using session = await open()
      reachedAt = performance.now()
      return await waitOnConnection(session, say)
    } catch (error) {
      if (error instanceof HarnessError || isRefusedByServer(error)) throw error
      if (performance.now() - reachedAt > awayAtMostMs) throw error
      say(`the connection was cut while jobs were waited for (${messageOf(error)}); connecting again`)
      return undefined
    }
  }
  return (await pollUntil(attempt, { everyMs: againEveryMs, limitMs: forEver })) ?? []
}
