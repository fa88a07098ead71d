import { adviceForThrown, withAdvice } from '../../../core/errors/advice.ts'
import { failureOf } from '../../../core/errors/failure.ts'
import { HarnessError, messageOf } from '../../../core/errors/harness-error.ts'
import { isRefusedByServer, serverErrorNumber } from '../../../core/errors/server-error.ts'
import type { ServerWarning, WriteSession } from '../../../core/server/session.ts'
import { quoteName } from '../../../core/text/quote.ts'
import type { Step } from '../../step/step.ts'
import { jobOfStatement } from '../jobs/ddl-jobs.ts'

const duplicateConstraint = 3822
const cancelledJob = 8214

/** The connection was lost while a statement ran. The server may have gone on with it. */
export class ConnectionCut extends Error {
  readonly step: Step

  constructor(step: Step, cause: unknown) {
    super(messageOf(cause), { cause })
    this.step = step
  }
}

/** True for a statement that the server runs as a DDL job, which outlives its connection (#71046). */
export const isDdl = ({ kind }: Step): boolean => kind === 'index' || kind === 'constraint'

// ANALYZE tells its sample rate in a note, and in a warning which multi-valued indexes it leaves out, and which tables,
// because somebody locked their statistics on purpose; every other statement must answer without a word.
const isExpected = (step: Step, { level, message }: ServerWarning) =>
  step.kind === 'analyze' &&
  (level === 'Note' || /multi-valued indexes is not supported|skip analyze locked table/i.test(message))

const explainFailure = (step: Step, why: string, cause: unknown): { why: string; next: string } => {
  const number = serverErrorNumber(cause)
  if (/switch of check constraint is off/i.test(why)) {
    return {
      why: `${why}. TiDB answered with success and added nothing: tidb_enable_check_constraint was turned OFF by somebody else.`,
      next: 'Find out who turns it OFF, then run again; what is done stays done.',
    }
  }
  // The lock said that it is missing, so SHOW CREATE TABLE hides it: 7.5.0 leaves it half-made when rows break it.
  if (step.kind === 'constraint' && number === duplicateConstraint) {
    const [table, name] = [quoteName(step.table), quoteName(step.name)]
    return {
      why: `${why} Another run adds it now; or, before TiDB 7.5.1, an ADD that failed left it there half-made: unseen, but enforced (#47632).`,
      next: `If no other run is at it, fix the rows that break it and run: ALTER TABLE ${table} ALTER CONSTRAINT ${name} ENFORCED; never DROP it as it is, or every later DDL of the table waits for ever.`,
    }
  }
  if (number === cancelledJob) {
    return {
      why: `${why}. Somebody cancelled its job, or killed the connection that sent it. The server took back what it had done.`,
      next: 'Run again; the next run goes on from what the server holds.',
    }
  }
  const advice = adviceForThrown(cause, { table: step.table, name: step.name })
  const goOn = 'run again; the next run goes on from what the server holds.'
  return advice === undefined
    ? { why, next: `Fix the cause and ${goOn}` }
    : { why: `${why} ${advice.cause}`, next: `${advice.next}\n        Then ${goOn}` }
}

/** STEP_FAILED, with what the server said and what to do about it. */
export const stepFailed = (step: Step, why: string, cause?: unknown): HarnessError =>
  new HarnessError('STEP_FAILED', {
    what: `${step.id}: ${step.sql}`,
    ...explainFailure(step, why, cause),
    cause,
    fields: { step: step.id, sql: step.sql },
  })

/**
 * Sends the statement of a step. `log` gets each state before the next thing is done. Returns the step as done, with its
 * job's id and rows. Throws STEP_FAILED when the server refused it or warned, and ConnectionCut when there was no answer.
 */
export const sendStep = async (
  session: WriteSession,
  step: Step,
  log: (step: Step) => void,
): Promise<Step> => {
  log({ ...step, status: 'running' })
  const started = performance.now()
  const spent = () => Math.round(performance.now() - started)
  try {
    const { warnings } = await session.run(step.sql)
    const unexpected = warnings.filter((warning) => !isExpected(step, warning))
    const job = isDdl(step) ? await jobOfStatement(session, step.sql) : undefined
    const ended = {
      ...step,
      durationMs: spent(),
      warnings,
      ...(job === undefined ? {} : { jobId: job.jobId, rows: job.rows }),
    }
    if (unexpected.length === 0) {
      const done: Step = { ...ended, status: 'done' }
      log(done)
      return done
    }
    const said = unexpected.map(({ level, code, message }) => `${level} ${code}: ${message}`).join('; ')
    const failed = stepFailed(step, said)
    log({ ...ended, status: 'failed', failure: failureOf(failed) })
    throw failed
  } catch (cause) {
    if (cause instanceof HarnessError) throw cause
    if (!isRefusedByServer(cause)) {
      log({ ...step, status: 'cut', durationMs: spent(), failure: failureOf(withAdvice(cause)) })
      throw new ConnectionCut(step, cause)
    }
    const failed = stepFailed(step, messageOf(cause), cause)
    log({ ...step, status: 'failed', durationMs: spent(), failure: failureOf(failed) })
    throw failed
  }
}
