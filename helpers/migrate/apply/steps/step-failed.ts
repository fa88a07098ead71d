import { adviceForThrown } from '../../../core/errors/advice.ts'
import { HarnessError } from '../../../core/errors/harness-error.ts'
import { serverErrorNumber } from '../../../core/errors/server-error.ts'
import { quoteName } from '../../../core/text/quote.ts'
import type { Step } from '../../step/step.ts'

const duplicateConstraint = 3822
const cancelledJob = 8214

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

/** STEP_FAILED, with what the server said and what to do about it; `next` where only the caller knows that. */
export const stepFailed = (step: Step, why: string, cause?: unknown, next?: string): HarnessError =>
  new HarnessError('STEP_FAILED', {
    what: `${step.id}: ${step.sql}`,
    ...(next === undefined ? explainFailure(step, why, cause) : { why, next }),
    cause,
    fields: { step: step.id, sql: step.sql },
  })
