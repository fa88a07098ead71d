import { HarnessError } from '../core/errors/harness-error.ts'
import { describeChanges } from '../core/schema/changes.ts'
import type { Snapshot } from '../core/schema/model.ts'
import { withoutIncidentals } from '../core/schema/without-incidentals.ts'
import type { Lock } from '../migrate/lock/lock.ts'
import { withoutAdditions } from '../migrate/lock/without-additions.ts'
import { findOmissions } from './dump/dump-files.ts'
import { assertIntact } from './files.ts'
import type { Backup, BackupManifest } from './manifest.ts'

const assertNothingOmitted = (manifest: BackupManifest, now: Snapshot, { baseline }: Lock): void => {
  const listed = new Set(
    [...manifest.tables.map(({ table }) => table), ...manifest.views].map((name) => name.toLowerCase()),
  )
  // A table that the migration was made beside need not exist on every target.
  const there = new Set([...now.tables, ...now.views].map(({ name }) => name.toLowerCase()))
  const unseen = [...baseline.tables, ...baseline.views].filter(
    ({ name }) => there.has(name.toLowerCase()) && !listed.has(name.toLowerCase()),
  )
  const omissions = [...findOmissions(manifest), ...unseen.map(({ name }) => `${name}, which the lock knows`)]
  if (omissions.length === 0) return
  throw new HarnessError('BACKUP_INCOMPLETE', {
    what: `The backup does not hold: ${omissions.join(', ')}.`,
    why: `It was made by ${manifest.tool.name} ${manifest.tool.version} with ${manifest.tool.flags.join(' ')}`,
    next: 'Make it with the dumpling of engine/ (unset DUMPLING_BIN), and with an account that may read the whole database.',
    fields: { omissions },
  })
}

const assertOfThisSchema = ({ schema }: BackupManifest, now: Snapshot, lock: Lock): void => {
  // The migration may be half applied since, or the backup be of after an earlier apply.
  const compared = (snapshot: Snapshot) => withoutIncidentals(withoutAdditions(lock.adds, snapshot))
  const changes = describeChanges(compared(schema), compared(now))
  if (changes.length === 0) return
  throw new HarnessError('BACKUP_OF_ANOTHER_SCHEMA', {
    what: `From the schema of the backup to the schema now:\n    ${changes.join('\n    ')}`,
    why: 'Restored, it would not be the database that is there now.',
    next: 'Make a new backup: TARGET=<name> npm run backup',
    fields: { changes },
  })
}

/**
 * Holds a backup against its own files, the lock's tables and views, and the schema that the server has now, without
 * what the lock adds.
 * Throws BACKUP_DAMAGED, BACKUP_INCOMPLETE or BACKUP_OF_ANOTHER_SCHEMA.
 */
export const assertComplete = async (backup: Backup, now: Snapshot, lock: Lock): Promise<void> => {
  await assertIntact(backup)
  assertNothingOmitted(backup.manifest, now, lock)
  assertOfThisSchema(backup.manifest, now, lock)
}
