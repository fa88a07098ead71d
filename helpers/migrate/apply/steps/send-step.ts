import { withAdvice } from '../../../core/errors/advice.ts'
import { failureOf } from '../../../core/errors/failure.ts'
import { HarnessError, messageOf } from '../../../core/errors/harness-error.ts'
import { isRefusedByServer } from '../../../core/errors/server-error.ts'
import { describeWarning, type ServerWarning, type WriteSession } from '../../../core/server/session.ts'
import { runAnalyze } from '../../data/run-analyze.ts'
import type { Step } from '../../step/step.ts'
import { jobOfStatement } from '../jobs/ddl-jobs.ts'
import { stepFailed } from './step-failed.ts'

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

// ANALYZE warns of what it leaves out or does its own way (locked tables, multi-valued indexes, columns that no query has
// named yet), and what it cannot do is an error; every other statement must answer without a word.
const isExpected = (step: Step, { level }: ServerWarning) => step.kind === 'analyze' && level !== 'Error'

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
    const { warnings } = await (step.kind === 'analyze'
      ? runAnalyze(session, step.sql)
      : session.run(step.sql))
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
    const said = unexpected.map(describeWarning).join('; ')
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
