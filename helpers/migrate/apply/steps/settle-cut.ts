import { pollUntil } from '../../../core/async/poll-until.ts'
import { HarnessError } from '../../../core/errors/harness-error.ts'
import { isRefusedByServer } from '../../../core/errors/server-error.ts'
import { findTable } from '../../../core/schema/model.ts'
import { readSnapshot } from '../../../core/schema/read-snapshot.ts'
import type { ReadSession, WriteSession } from '../../../core/server/session.ts'
import { openWriteSession } from '../../../core/server/write-session.ts'
import type { Step } from '../../step/step.ts'
import { jobOfStatement, unfinishedJobs } from '../jobs/ddl-jobs.ts'
import { waitOnConnection } from '../jobs/watch-jobs.ts'
import type { StepRunner } from './runner.ts'
import { ConnectionCut, isDdl, sendStep } from './send-step.ts'
import { stepFailed } from './step-failed.ts'

const patienceMs = 30_000
const pauseMs = 500
// A statement that had left us may need a moment to become a job.
const arrivalMs = 3_000

/** Opens a connection again after a cut. Throws STEP_FAILED when the server cannot be reached for 30 s, or what the permit lacks. */
export const reconnect = async ({ server, say }: StepRunner, cut: ConnectionCut): Promise<WriteSession> => {
  say(`the connection was cut while ${cut.step.id} ran (${cut.message}); connecting again`)
  let last: unknown
  const open = async () => {
    try {
      return await openWriteSession(server)
    } catch (error) {
      if (error instanceof HarnessError || isRefusedByServer(error)) throw error
      last = error
      return undefined
    }
  }
  const late = () =>
    stepFailed(
      cut.step,
      `The connection was cut (${cut.message}), and the server did not answer again within ${patienceMs / 1000} s. It goes on with a DDL by itself.`,
      last,
    )
  return pollUntil(open, { everyMs: pauseMs, limitMs: patienceMs, late })
}

/** Whether the schema is as the step would have it. */
const isInForce = async (session: ReadSession, step: Step): Promise<boolean> => {
  const table = findTable(await readSnapshot(session), step.table)
  const items = step.kind === 'index' ? table?.indexes : table?.constraints
  const isThere = items?.some(({ name }) => name.toLowerCase() === step.name.toLowerCase()) === true
  return isThere === (step.phase !== 'rollback')
}

const waitForArrival = async (session: ReadSession, { sql }: Step): Promise<void> => {
  const hasArrived = async () => (await unfinishedJobs(session)).some((job) => job.sql === sql)
  await pollUntil(hasArrived, { everyMs: pauseMs, limitMs: arrivalMs })
}

/** The step as done by the server, which went on with it alone. Throws STEP_FAILED, or what the connection threw. */
const settle = async ({ say }: StepRunner, session: WriteSession, cut: ConnectionCut): Promise<Step> => {
  const { step } = cut
  const started = performance.now()
  if (!(await isInForce(session, step))) {
    await waitForArrival(session, step)
    await waitOnConnection(session, say, ({ sql }) => sql === step.sql)
    if (!(await isInForce(session, step)))
      throw stepFailed(
        step,
        `The connection was cut (${cut.message}), and the server holds neither a job of this statement nor what it would have done.`,
        cut,
      )
  }
  const job = await jobOfStatement(session, step.sql)
  return {
    ...step,
    status: 'done',
    durationMs: Math.round(performance.now() - started),
    reattached: true,
    ...(job === undefined ? {} : { jobId: job.jobId, rows: job.rows }),
  }
}

/**
 * Finds out what became of a statement whose connection was cut, and finishes its step. A DDL is never sent again: its
 * job is waited for, and the schema tells. One that never came to the server could still be on its way there, so it is
 * left to the next run. Any other statement has no job and can be sent twice. Returns the step as done. Throws
 * STEP_FAILED when the server holds neither the job nor its effect, and ConnectionCut when the line was cut again.
 */
export const settleCut = async (
  runner: StepRunner,
  session: WriteSession,
  cut: ConnectionCut,
  log: (step: Step) => void,
): Promise<Step> => {
  const { step } = cut
  if (!isDdl(step)) return sendStep(session, step, log)
  try {
    const done = await settle(runner, session, cut)
    log(done)
    return done
  } catch (error) {
    throw error instanceof HarnessError || isRefusedByServer(error) ? error : new ConnectionCut(step, error)
  }
}
