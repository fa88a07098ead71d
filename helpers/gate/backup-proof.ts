import { findDamage } from '../backup/files.ts'
import { type BackupManifest, readBackup } from '../backup/manifest.ts'
import { nextOverBudget, overBudget } from '../backup/not-restored.ts'
import { HarnessError } from '../core/errors/harness-error.ts'
import { haveTableInCommon, otherTables, type TableIds } from '../core/schema/table-ids.ts'
import type { Refusal } from './refusal.ts'

/** What was given as proof of a backup. */
export interface BackupProof {
  /** BACKUP_EVIDENCE: the id of a backup, or a link to it. */
  readonly evidence: string | undefined
  /** The manifest of a backup of ours: BACKUP_MANIFEST, or the one that this run makes before its first step. */
  readonly manifest: string | undefined
  /** True when the run makes it: it need not be there when the run begins, only before something is changed. */
  readonly isMadeByRun: boolean
  /** How old it may be. */
  readonly hours: number
  /** CHECK_BUDGET_ROWS: what the run makes is restored up to so many rows. */
  readonly budgetRows: number
}

/** The database that is about to be changed. */
export interface ChangedDatabase {
  readonly targetName: string
  readonly host: string
  readonly port: number
  readonly database: string | null
  readonly tableIds: TableIds
  /** How many rows it has, about. Asked only as a run begins that makes its own backup, not at every connection. */
  readonly readRows: () => Promise<number>
}

/** When the proof is looked at: once, as the run begins, and again at every connection that may write. */
export type LookedAt = 'beginning' | 'write'

const hourMs = 3_600_000

const isOfDatabase = ({ target, database }: BackupManifest, place: ChangedDatabase): boolean =>
  target.host.toLowerCase() === place.host.toLowerCase() &&
  target.port === place.port &&
  database.toLowerCase() === (place.database ?? '').toLowerCase()

const flaw = (
  manifest: BackupManifest,
  { hours }: BackupProof,
  place: ChangedDatabase,
  at: LookedAt,
  now: number,
): [string, string] | undefined => {
  const { target, database, moment, tableIds } = manifest
  if (!isOfDatabase(manifest, place))
    return [
      'BACKUP_OF_ANOTHER_DATABASE',
      `is of ${database} at ${target.host}:${target.port}; this is ${place.database} at ${place.host}:${place.port}`,
    ]
  // A tunnel may lead to another cluster at the same address, and clusters set up alike share their first numbers.
  if (target.name !== place.targetName)
    return [
      'BACKUP_OF_ANOTHER_DATABASE',
      `was made with TARGET=${target.name}; this is TARGET=${place.targetName}`,
    ]
  if (!haveTableInCommon(tableIds, place.tableIds))
    return ['BACKUP_OF_ANOTHER_DATABASE', `is of other tables than those that stand at ${place.host} now`]
  // Once steps were sent, somebody's TRUNCATE of a staging table must not stop them half-way.
  const anew = at === 'beginning' ? otherTables(tableIds, place.tableIds) : []
  if (anew.length > 0)
    return [
      'BACKUP_OF_OTHER_TABLES',
      `has other tables than those here under the names ${anew.join(', ')}: made anew or truncated since, or of another cluster`,
    ]
  const ageMs = now - Date.parse(`${moment.serverTime.replace(' ', 'T')}Z`)
  if (!(ageMs <= hours * hourMs && ageMs >= -hourMs))
    return ['BACKUP_TOO_OLD', `is of ${moment.serverTime} UTC; it may be ${hours} hours old (BACKUP_HOURS)`]
  return undefined
}

/**
 * Why what was given is no proof of a backup, and how to get one; undefined when it is. Files are hashed at the beginning
 * only, and the age counts then: a long run must not stop half-way because of it.
 */
export const backupRefusal = async (
  proof: BackupProof,
  place: ChangedDatabase,
  at: LookedAt,
  now = Date.now(),
): Promise<Refusal | undefined> => {
  const { evidence, manifest: file, isMadeByRun, budgetRows } = proof
  const command = `TARGET=${place.targetName} npm run backup   # then BACKUP_MANIFEST=<what it prints>`
  const refuse = (code: string, what: string): Refusal => ({ code, what, next: command })
  if (file === undefined) {
    if ((evidence ?? '').trim() !== '') return undefined
    const { code, what, next } = refuse('NO_BACKUP', 'There is no proof of a backup.')
    return {
      code,
      what,
      next: `${next}\n        or, for a backup made elsewhere: BACKUP_EVIDENCE="<id or link>"`,
    }
  }
  if (isMadeByRun && at === 'beginning') {
    const rows = await place.readRows()
    const reason = overBudget(rows, budgetRows, 'about ')
    if (reason === undefined) return undefined
    return {
      code: 'BACKUP_NOT_RESTORED',
      what: `The backup of this run would not be restored: ${reason}.`,
      next: nextOverBudget(rows, place.targetName, '<id or link>'),
    }
  }
  try {
    const backup = readBackup(file)
    const found = flaw(backup.manifest, proof, place, at, now)
    if (found !== undefined && (at === 'beginning' || found[0] !== 'BACKUP_TOO_OLD'))
      return refuse(found[0], `The backup ${file} ${found[1]}.`)
    // Its files were looked at before the first step. A share that drops later, or a file that a desktop leaves in
    // the folder, must not stop the migration half-way.
    if (at === 'write') return undefined
    const damage = await findDamage(backup)
    return damage.length === 0 ? undefined : refuse('BACKUP_DAMAGED', `${backup.dir}: ${damage.join('; ')}.`)
  } catch (error) {
    if (at === 'write' && !isMadeByRun) return undefined
    if (error instanceof HarnessError) return refuse(error.code, error.what)
    throw error
  }
}
