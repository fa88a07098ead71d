import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { z } from 'zod'
import { HarnessError, messageOf } from '../errors/harness-error.ts'
import { type Snapshot, snapshotShape } from '../schema/model.ts'
import { tableIdsShape } from '../schema/table-ids.ts'
import { momentShape } from '../target/moment.ts'

export const manifestFile = 'backup.json'

/** What the manifest is called until the backup is proven: a kill meanwhile leaves a folder that is no proof. */
export const unprovenFile = 'unproven.json'

const contentShape = z.strictObject({
  manifestVersion: z.literal(1),
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
})
const manifestShape = contentShape.extend({ hash: z.string() })

/** backup.json: what a backup holds, of which instant, and how it was made. */
export type Manifest = z.infer<typeof manifestShape>
type Content = z.infer<typeof contentShape>
export type BackupFile = Manifest['files'][number]

const sha256 = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex')

/** The same for two schemas when every table, index, constraint and view is. */
export const fingerprintOf = (schema: Snapshot): string => sha256(snapshotShape.parse(schema))

type Derived = 'manifestVersion' | 'views' | 'rows' | 'schemaFingerprint' | 'bytes'

/** Puts a manifest together; its hash shows when the file is edited later. */
export const makeManifest = (given: Omit<Content, Derived>): Manifest => {
  const content = contentShape.parse({
    manifestVersion: 1,
    ...given,
    views: given.schema.views.map(({ name }) => name),
    rows: given.tables.reduce((sum, { rows }) => sum + rows, 0),
    schemaFingerprint: fingerprintOf(given.schema),
    bytes: given.files.reduce((sum, { bytes }) => sum + bytes, 0),
  })
  return { ...content, hash: sha256(content) }
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
  readonly manifest: Manifest
}

/**
 * Reads the manifest of a backup; `path` is the file or its folder. Throws BACKUP_UNREADABLE, or BACKUP_EDITED when it is
 * not what the suite wrote. Says nothing of the other files.
 */
export const readBackup = (path: string): Backup => {
  const file = path.endsWith('.json') ? path : join(path, manifestFile)
  if (!existsSync(file)) throw unusable('BACKUP_UNREADABLE', `${file} does not exist.`)
  if (basename(file) !== manifestFile)
    throw unusable('BACKUP_UNREADABLE', `${file} is of a backup that was not proven to be whole.`)
  let manifest: Manifest
  try {
    manifest = manifestShape.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch (cause) {
    const why = messageOf(cause).slice(0, 300)
    throw unusable('BACKUP_UNREADABLE', `${file} is no manifest of a backup: ${why}`, cause)
  }
  const { hash, ...content } = manifest
  if (sha256(content) !== hash)
    throw unusable('BACKUP_EDITED', `${file} was edited after the backup was made.`)
  return { dir: dirname(file), manifest }
}
