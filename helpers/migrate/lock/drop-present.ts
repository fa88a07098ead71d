import { readSnapshot } from '../../core/schema/read-snapshot.ts'
import type { WriteSession } from '../../core/server/session.ts'
import { dropConstraintStatement, dropIndexStatement, switchStatement } from '../folder/statements.ts'
import { differenceOf } from './difference.ts'
import type { Additions } from './lock.ts'

/**
 * Drops what of these is there already, on a throw-away server, so that the scripts add it once more. Leaves the CHECK switch
 * ON: without it, no constraint can be dropped.
 */
export const dropPresent = async (session: WriteSession, adds: Additions): Promise<void> => {
  await session.run(switchStatement(true))
  const { indexes, constraints } = differenceOf(adds, await readSnapshot(session))
  for (const index of indexes.present) await session.run(dropIndexStatement(index))
  for (const constraint of constraints.present) await session.run(dropConstraintStatement(constraint))
}
