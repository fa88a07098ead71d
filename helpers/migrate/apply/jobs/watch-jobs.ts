import { forEver, pollUntil } from '../../../core/async/poll-until.ts'
import type { ReadSession } from '../../../core/server/session.ts'
import { watchStillness } from './blockers.ts'
import { type DdlJob, unfinishedJobs } from './ddl-jobs.ts'

const lookEveryMs = 500

const jobStatesOf = (jobs: readonly DdlJob[]) =>
  jobs.map(({ jobId, state, schemaState, rows }) => `${jobId} ${state} ${schemaState} ${rows}`).join()

/**
 * Waits until no DDL job of the database is left that `isMeant` picks, all of them when left out, and says what it
 * waits for when something has changed. Returns the jobs it waited for.
 *
 * A job goes on when its client dies, so a run that follows a killed one lets it end first. It waits for as long as it
 * takes: the server would go on after any limit.
 */
export const waitForJobs = async (
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
