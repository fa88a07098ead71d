import { within } from '../../../core/async/within.ts'
import { recordProgress, type ShownProgress } from '../../../core/record/progress-file.ts'
import type { ReadSession } from '../../../core/server/session.ts'
import { openWriteSession } from '../../../core/server/write-session.ts'
import type { Estimate } from '../../estimate/estimator.ts'
import { type StillnessWatch, watchStillness } from '../jobs/blockers.ts'
import { unfinishedJobs } from '../jobs/ddl-jobs.ts'
import { type GoneWatch, watchGone } from '../jobs/gone-jobs.ts'
import type { StepRunner } from '../steps/runner.ts'
import { progressLine, type StepsState } from './progress-line.ts'

const everyMs = 2_000
const sayMovingEveryMs = 4_000
const sayStillEveryMs = 20_000
// A line that says nothing must hold up neither the watch nor the end of the steps.
const jobsWithinMs = 10_000
// Where a server of a cluster has no status port, cluster_processlist takes 41 s.
const blockersWithinMs = 60_000
const endWithinMs = 3_000

export interface ProgressReport extends AsyncDisposable, Pick<StillnessWatch, 'blockersOf'> {
  readonly gone: GoneWatch
}

/** Tells when a line is worth another one: every 4 s while something moves, every 20 s while nothing does. */
export const paced = (): ((key: string, now: number) => boolean) => {
  let said = { key: '', at: Number.NEGATIVE_INFINITY }
  return (key, now) => {
    if (now - said.at < (key === said.key ? sayStillEveryMs : sayMovingEveryMs)) return false
    said = { key, at: now }
    return true
  }
}

/**
 * Looks every 2 s how far the steps are and what blocks them, until disposed. It puts that into the run's folder, from where
 * the process that owns the terminal shows it; with `isVerbose` and without a bar it says it in lines as well.
 */
export const watchProgress = (
  { server, say, run, connections, isBarDrawn = false, isVerbose = false }: StepRunner,
  state: () => StepsState,
  estimate: Estimate | undefined,
): ProgressReport => {
  const stillness = watchStillness(say)
  const gone = watchGone()
  const isDue = paced()
  let session: (ReadSession & AsyncDisposable) | undefined
  let asking: Promise<void> | undefined
  const ask = async () => {
    session ??= await openWriteSession(server)
    const jobs = await within(unfinishedJobs(session), jobsWithinMs)
    gone.look(jobs)
    const line = progressLine(state(), jobs, estimate, connections)
    show(line)
    if (isVerbose && !isBarDrawn && isDue(line.key, performance.now())) say(line.text)
    await within(stillness.look(session, jobs), blockersWithinMs)
  }
  const show = (line: ShownProgress | undefined) => {
    try {
      recordProgress(run, line)
    } catch {
      // A full disk fails the steps' own record, which says so.
    }
  }
  const forget = async () => {
    await session?.[Symbol.asyncDispose]()
    session = undefined
  }
  const timer = setInterval(() => {
    // The progress line is only a courtesy; the statement's own connection reports a lost server.
    asking ??= ask()
      .catch(forget)
      .finally(() => {
        asking = undefined
      })
  }, everyMs)
  return {
    blockersOf: stillness.blockersOf,
    gone,
    [Symbol.asyncDispose]: async () => {
      clearInterval(timer)
      // What it asks was only a courtesy.
      if (asking !== undefined) await within(asking, endWithinMs).catch(() => {})
      await forget()
      show(undefined)
    },
  }
}
