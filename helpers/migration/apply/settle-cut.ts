import { setTimeout as sleep } from 'node:timers/promises'
import { HarnessError } from '../../errors/harness-error.ts'
import { isRefusedByServer } from '../../errors/server-error.ts'
import { findTable } from '../../schema/model.ts'
import { readSnapshot } from '../../schema/read-snapshot.ts'
import type { ReadSession, WriteSession } from '../../target/session.ts'
import { openWriteSession } from '../../target/write-session.ts'
import { jobOfStatement, unfinishedJobs } from './ddl-jobs.ts'
import { ConnectionCut, isDdl, sendStep, stepFailed } from './send-step.ts'
import type { Step } from './step.ts'
import type { StepRunner } from './step-runner.ts'
import { waitForJobs } from './watch-jobs.ts'

const patienceMs = 30_000
const pauseMs = 500
// A statement that had left us may need a moment to become a job.
const arrivalMs = 3_000
// DDL jobs are dated in whole seconds.
const clockMs = 1_500

/** Opens a connection again after a cut. Throws STEP_FAILED when the server cannot be reached for 30 s, or what the permit lacks. */
export const reconnect = async ({ server, say }: StepRunner, cut: ConnectionCut): Promise<WriteSession> => {
  say(`the connection was cut while ${cut.step.id} ran (${cut.message}); connecting again`)
  const giveUpAt = performance.now() + patienceMs
  for (;;) {
    try {
      return await openWriteSession(server)
    } catch (error) {
      if (error instanceof HarnessError || isRefusedByServer(error)) throw error
      if (performance.now() > giveUpAt)
        throw stepFailed(
          cut.step,
          `The connection was cut (${cut.message}), and the server did not answer again within ${patienceMs / 1000} s. It goes on with a DDL by itself.`,
          error,
        )
      await sleep(pauseMs)
    }
  }
}

/** Whether the schema is as the step would have it. */
const isInForce = async (session: ReadSession, step: Step): Promise<boolean> => {
  const table = findTable(await readSnapshot(session), step.table)
  const items = step.kind === 'index' ? table?.indexes : table?.constraints
  const isThere = items?.some(({ name }) => name.toLowerCase() === step.name.toLowerCase()) === true
  return isThere === (step.phase !== 'rollback')
}

const waitForArrival = async (session: ReadSession, { sql }: Step): Promise<void> => {
  const giveUpAt = performance.now() + arrivalMs
  while (performance.now() < giveUpAt) {
    if ((await unfinishedJobs(session)).some((job) => job.sql === sql)) return
    await sleep(pauseMs)
  }
}

/**
 * The newest job of the statement, if it began with this step: an earlier run may have sent the same statement, and a
 * rollback undone it. Judged by the server's own clock, against the ms since the step was sent.
 */
const jobOfStep = async (session: ReadSession, { step, sentAt }: ConnectionCut) => {
  const job = await jobOfStatement(session, step.sql)
  return job !== undefined && job.ageMs <= performance.now() - sentAt + clockMs ? job : undefined
}

const neverArrived = Symbol('never arrived')

/** What the server made of the statement by itself: the step as done, or that it never got it. Throws STEP_FAILED when its job ended without effect. */
const settle = async ({ say }: StepRunner, session: WriteSession, cut: ConnectionCut) => {
  const { step } = cut
  if (!(await isInForce(session, step))) {
    await waitForArrival(session, step)
    await waitForJobs(session, say, ({ sql }) => sql === step.sql)
    if (!(await isInForce(session, step))) {
      const job = await jobOfStep(session, cut)
      if (job === undefined) return neverArrived
      throw stepFailed(
        step,
        `The connection was cut (${cut.message}), and the server ended its job ${job.jobId} as "${job.state}": somebody cancelled it, or its rows break the step.`,
        cut,
      )
    }
  }
  const job = await jobOfStatement(session, step.sql)
  return {
    ...step,
    status: 'done',
    durationMs: Math.round(performance.now() - cut.sentAt),
    reattached: true,
    ...(job === undefined ? {} : { jobId: job.jobId, rows: job.rows }),
  } satisfies Step
}

/**
 * Finds out what became of a statement whose connection was cut, and finishes its step. While a DDL's job lives, it is
 * waited for, and the schema tells. What the server never got is sent again: names are unique, so a statement that comes
 * late after all is refused by the server, not done twice. Returns the step as done. Throws STEP_FAILED when the job
 * ended without effect, and ConnectionCut when the connection was cut again.
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
    const found = await settle(runner, session, cut)
    if (found !== neverArrived) {
      log(found)
      return found
    }
  } catch (error) {
    throw error instanceof HarnessError || isRefusedByServer(error)
      ? error
      : new ConnectionCut(step, cut.sentAt, error)
  }
  runner.say(`the server never got ${step.id}: no job of it, alive or ended; sending it again`)
  return sendStep(session, step, log)
}
