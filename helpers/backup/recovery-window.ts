import { z } from 'zod'
import { HarnessError, messageOf } from '../core/errors/harness-error.ts'
import { serverErrorNumber } from '../core/errors/server-error.ts'
import { type Moment, readAt } from '../core/server/moment.ts'
import type { ReadSession } from '../core/server/session.ts'
import { quoteName } from '../core/text/quote.ts'

/** How far back the server itself can still see, without any backup. */
export interface RecoveryWindow extends Moment {
  /** tidb_gc_life_time: rows that were changed are kept for so long. */
  readonly gcLifeTime: string
  /** What an administrator would type, within the window. */
  readonly statement: string
  readonly note: string
  /** Why it could not be proved that the window is open. */
  readonly couldNotCheck?: string
}

const [snapshotTooOld, gcTooEarly] = [8055, 9006]

const windowClosed = (cause: unknown, { tso, serverTime }: Moment, gcLifeTime: string): HarnessError =>
  new HarnessError('RECOVERY_WINDOW_CLOSED', {
    what: `The server no longer shows what was there at ${serverTime} UTC (TSO ${tso}): ${messageOf(cause)}`,
    why: `tidb_gc_life_time is ${gcLifeTime}: what is older is thrown away, and FLASHBACK CLUSTER cannot bring it back.`,
    next: 'Have an administrator make tidb_gc_life_time longer than the migration will take, and run again.',
    cause,
  })

const findObstacle = async (session: ReadSession, moment: Moment, table: string): Promise<unknown> => {
  try {
    await readAt(session, moment)
    await session.rows(z.unknown(), `SELECT 1 FROM ${quoteName(table)} LIMIT 1`)
    return undefined
  } catch (error) {
    return error
  }
}

/**
 * Reads the window, and one row as of the moment, to prove that it is open.
 * Throws RECOVERY_WINDOW_CLOSED when the server has thrown away what was there at that moment.
 */
export const readRecoveryWindow = async (
  session: ReadSession,
  moment: Moment,
  table: string,
): Promise<RecoveryWindow> => {
  const { gcLifeTime } = await session.row(
    z.object({ gcLifeTime: z.string() }),
    'SELECT @@tidb_gc_life_time AS gcLifeTime',
  )
  const obstacle = await findObstacle(session, moment, table)
  const number = serverErrorNumber(obstacle)
  if (number === snapshotTooOld || number === gcTooEarly) throw windowClosed(obstacle, moment, gcLifeTime)
  return {
    gcLifeTime,
    ...moment,
    statement: `SET time_zone = '+00:00'; FLASHBACK CLUSTER TO TIMESTAMP '${moment.serverTime}'`,
    note: 'takes the whole cluster back, not over an unfinished DDL; needs SUPER, and not every offer of TiDB Cloud has it',
    ...(obstacle === undefined ? {} : { couldNotCheck: messageOf(obstacle) }),
  }
}
