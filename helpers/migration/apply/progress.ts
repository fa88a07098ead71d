import type { ReadSession } from '../../target/session.ts'
import { openWriteSession } from '../../target/write-session.ts'
import { type StillnessWatch, watchStillness } from './blockers.ts'
import { unfinishedJobs } from './ddl-jobs.ts'
import type { StepRunner } from './step-runner.ts'

const everyMs = 2000

export interface Progress extends AsyncDisposable, Pick<StillnessWatch, 'blockersOf'> {}

/** Says every 2 s which DDL jobs run, how many rows they have done, and what blocks them, until disposed. */
export const watchProgress = ({ server, say }: StepRunner, state: () => string): Progress => {
  const stillness = watchStillness(say)
  let session: (ReadSession & AsyncDisposable) | undefined
  let asking: Promise<void> | undefined
  const ask = async () => {
    session ??= await openWriteSession(server)
    const jobs = await unfinishedJobs(session)
    const running = jobs.map((job) => `${job.table} ${job.rows.toLocaleString('en')} rows`)
    say(`${state()}${running.length === 0 ? '' : `; running: ${running.join(', ')}`}`)
    await stillness.look(session, jobs)
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
    [Symbol.asyncDispose]: async () => {
      clearInterval(timer)
      await asking
      await forget()
    },
  }
}
