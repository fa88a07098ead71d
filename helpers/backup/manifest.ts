import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { z } from 'zod'
import { HarnessError, messageOf } from '../core/errors/harness-error.ts'
import { record } from '../core/record/record.ts'
import { RunFolder } from '../core/record/run-folder.ts'
import { type Snapshot, snapshotShape } from '../core/schema/model.ts'
import { tableIdsShape } from '../core/schema/table-ids.ts'
import { momentShape } from '../core/server/moment.ts'

const backupContentShape = z.strictObject({
  manifestVersion: z.literal(2),
  /** What the target is called (TARGET), where it is, and what it says to VERSION(). */
  target: z.object({ name: z.string(), host: z.string(), port: z.number(), version: z.string() }),
  database: z.string(),
  moment: momentShape,
  tool: z.object({
    name: z.enum(['dumpling', 'mysqldump']),
    version: z.string(),
    /** What it was told, without the address and the account. */
    flags: z.array(z.string()),
    /** `snapshot`: every file is of that moment; `none`: each table is as it was when the tool came to it. */
    consistency: z.enum(['snapshot', 'none']),
  }),
  tables: z.array(z.object({ table: z.string(), rows: z.number(), hash: z.string() })),
  views: z.array(z.string()),
  rows: z.number(),
  schema: snapshotShape,
  tableIds: tableIdsShape,
  schemaFingerprint: z.string(),
  files: z.array(z.object({ name: z.string(), bytes: z.number(), sha256: z.string() })),
  bytes: z.number(),
  durationMs: z.number(),
  /** When it was restored into a server of its own and was the same there, and how long that took; null until then. */
  restored: z.object({ at: z.string(), inMs: z.number() }).nullable(),
})
const backupManifestShape = backupContentShape.extend({ hash: z.string() })

export const manifestRecord = record('backup.json', backupManifestShape)

/** The manifest until the backup was restored and compared: what has only this is no proof. */
export const unprovenRecord = record('unproven.json', backupManifestShape)

/** backup.json: what a backup holds, of which instant, and how it was made. */
export type BackupManifest = z.infer<typeof backupManifestShape>
type Content = z.infer<typeof backupContentShape>
export type BackupFile = BackupManifest['files'][number]

const sha256 = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex')

/** The same for two schemas when every table, index, constraint and view is. */
export const fingerprintOf = (schema: Snapshot): string => sha256(snapshotShape.parse(schema))

type Derived = 'manifestVersion' | 'views' | 'rows' | 'schemaFingerprint' | 'bytes'

/** Puts a manifest together; its hash shows when the file is edited later. */
export const makeManifest = (given: Omit<Content, Derived>): BackupManifest => {
  const content = backupContentShape.parse({
    manifestVersion: 2,
    ...given,
    views: given.schema.views.map(({ name }) => name),
    rows: given.tables.reduce((sum, { rows }) => sum + rows, 0),
    schemaFingerprint: fingerprintOf(given.schema),
    bytes: given.files.reduce((sum, { bytes }) => sum + bytes, 0),
  })
  return { ...content, hash: sha256(content) }
}

/** Puts on record that a backup was restored and compared: from here on its folder is a proof. */
export const proveBackup = ({ dir, manifest }: Backup, restored: BackupManifest['restored']): Backup => {
  const { hash: _, ...content } = manifest
  const proven = { ...content, restored }
  const run = new RunFolder(dir)
  manifestRecord.write(run, { ...proven, hash: sha256(proven) })
  rmSync(run.path(unprovenRecord.name), { force: true })
  return readBackup(dir)
}

const unusable = (code: string, what: string, cause?: unknown): HarnessError =>
  new HarnessError(code, {
    what,
    next: 'Make a new backup: TARGET=<name> npm run backup',
    cause,
  })

/** A backup in its folder. */
export interface Backup {
  readonly dir: string
  readonly manifest: BackupManifest
}

/**
 * Reads the manifest of a backup that was restored when it was made; `path` is the file or its folder. Throws
 * BACKUP_UNREADABLE, or BACKUP_EDITED when it is not what the suite wrote. Says nothing of the other files.
 */
export const readBackup = (path: string): Backup => {
  const file = path.endsWith('.json') ? path : join(path, manifestRecord.name)
  if (!existsSync(file)) throw unusable('BACKUP_UNREADABLE', `${file} does not exist.`)
  if (basename(file) !== manifestRecord.name)
    throw unusable('BACKUP_UNREADABLE', `${file} is of a backup that was not restored and compared.`)
  let manifest: BackupManifest
  try {
    manifest = backupManifestShape.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch (cause) {
    const why = messageOf(cause).slice(0, 300)
    throw unusable('BACKUP_UNREADABLE', `${file} is no manifest of a backup: ${why}`, cause)
  }
  const { hash, ...content } = manifest
  if (sha256(content) !== hash)
    throw unusable('BACKUP_EDITED', `${file} was edited after the backup was made.`)
  if (manifest.restored === null)
    throw unusable('BACKUP_UNREADABLE', `${file} is of a backup that was not restored and compared.`)
  return { dir: dirname(file), manifest }
}
