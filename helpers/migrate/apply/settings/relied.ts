import { pollUntil } from '../../../core/async/poll-until.ts'
import type { ReadSession } from '../../../core/server/session.ts'
import { quoteName } from '../../../core/text/quote.ts'
import type { Step } from '../../step/step.ts'
import { jobOfStatement } from '../jobs/ddl-jobs.ts'
import { stepFailed } from '../steps/step-failed.ts'
import { readGlobal, type WantedSetting } from './wanted.ts'

// SET GLOBAL comes to the other servers of a cluster by a message, in 2 to 24 ms as a rule; a server that lost it reads
// its variables anew every 30 s.
const arrivalMs = 40_000
const checkSwitch: WantedSetting = {
  variable: 'tidb_enable_check_constraint',
  value: 'ON',
  mayBeRefused: false,
}
const fastReorg = 'tidb_ddl_enable_fast_reorg'

const reliedBy = ({ kind, phase }: Step, settings: readonly WantedSetting[]): readonly WantedSetting[] => {
  // While it is OFF, both ADD and DROP of a constraint say success and do nothing.
  if (kind === 'constraint') return [checkSwitch]
  return kind === 'index' && phase !== 'rollback' ? settings.filter(({ mayBeRefused }) => !mayBeRefused) : []
}

/**
 * Waits until the server behind this very connection has the settings that a step leans on. Another server of the cluster
 * hears of a SET GLOBAL late: of 260 constraints that were added right after it there, 8 were dropped with success and a
 * warning. Throws STEP_FAILED when they do not come in 40 s; nothing was sent then.
 */
export const awaitRelied = async (
  session: ReadSession,
  step: Step,
  settings: readonly WantedSetting[],
  limitMs = arrivalMs,
): Promise<void> => {
  for (const { variable, value } of reliedBy(step, settings)) {
    let seen: string | undefined
    const hasCome = async () => {
      seen = await readGlobal(session, variable)
      return seen === value
    }
    const late = () =>
      stepFailed(
        step,
        `The server behind this connection has shown ${variable} ${seen ?? 'not at all'} for ${limitMs / 1000} s, and the step needs it ${value}. Nothing was sent.`,
        undefined,
        `Find out who turns it ${seen ?? 'away'}, or which server of the cluster does not hear of it (SHOW GLOBAL VARIABLES LIKE '${variable}' on each), and run again; what is done stays done.`,
      )
    await pollUntil(hasCome, { everyMs: 50, limitMs, late })
  }
}

/**
 * Asks the job which way an index was built where fast reorg had to be OFF: the server that owns the DDL goes by what it
 * has heard itself. Throws STEP_FAILED where it was built the fast way.
 */
export const assertWayTaken = async (
  session: ReadSession,
  step: Step,
  settings: readonly WantedSetting[],
): Promise<void> => {
  if (!reliedBy(step, settings).some(({ variable }) => variable === fastReorg)) return
  const job = await jobOfStatement(session, step.sql)
  if (job === undefined || !/\/\*.*\*\//.test(job.type) || job.type.includes('/* txn */')) return
  throw stepFailed(
    step,
    `The index is there, but its job says ${job.type}: the server that owns the DDL built it by fast reorg, which can write wrong entries here (#58036).`,
    undefined,
    `ADMIN CHECK TABLE ${quoteName(step.table)}; where it finds a difference, ALTER TABLE ${quoteName(step.table)} DROP INDEX ${quoteName(step.name)}. Then run again.`,
  )
}
