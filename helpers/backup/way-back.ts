import { HarnessError } from '../core/errors/harness-error.ts'
import type { RowsToLeaveOut } from '../core/rows/row-hash.ts'
import { openReadSession } from '../core/server/session.ts'
import { assertNoDifferences, type DatabaseState, differencesBetween, findDifferences } from './compare.ts'
import type { BackupFigures } from './figures.ts'
import { assertIntact } from './files.ts'
import { type Backup, manifestRecord } from './manifest.ts'
import { notRestored } from './not-restored.ts'
import type { ScratchServer } from './scratch-server.ts'

/**
 * In what a backup that was just restored into `scratch` differs from what was there before the first step, one line each.
 * `leaveOut` are the rows that `before` leaves out.
 */
export const differencesFromBefore = async (
  scratch: ScratchServer,
  { manifest }: Backup,
  before: DatabaseState,
  leaveOut: RowsToLeaveOut,
): Promise<string[]> => {
  // What was restored is what the manifest says, so the rows need not be read again unless some are left out.
  const stated = differencesBetween(before, { schema: manifest.schema, rows: manifest.tables })
  if (stated.length === 0) return []
  await using session = await openReadSession({ ...scratch.address, database: manifest.database })
  return await findDifferences(session, before, leaveOut)
}

/**
 * Asserts that the backup is the way back to what was there before the first step: it was restored and compared in this
 * run, and its files are the same ones still, so it is not restored a second time. `proven` is what 02-backup recorded.
 * Throws BACKUP_NOT_RESTORED, BACKUP_DAMAGED, BACKUP_EDITED or RESTORE_DIFFERENT.
 */
export const assertWayBack = async (backup: Backup, proven: BackupFigures | undefined): Promise<void> => {
  if (proven?.differsFromBefore === undefined)
    throw notRestored(
      `The backup in ${backup.dir} was not restored and compared in this run.`,
      'See why backup.restores did not pass, and run the whole suite again: npx vitest run',
    )
  await assertIntact(backup)
  if (backup.manifest.hash !== proven.manifest)
    throw new HarnessError('BACKUP_EDITED', {
      what: `${backup.dir}/${manifestRecord.name} is not the one whose backup was restored in this run.`,
      why: 'What was proven then says nothing of the files that stand there now.',
      next: 'Find out what changed the folder, and run the whole suite again: npx vitest run',
    })
  assertNoDifferences(proven.differsFromBefore, 'what was there before the first step')
}
