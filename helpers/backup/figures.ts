import { z } from 'zod'
import { record } from '../core/record/record.ts'
import type { BackupManifest } from './manifest.ts'

/** What a run says of its backup: how much, of when, by what, and how long it took (ms). */
export const backupFiguresShape = z.object({
  tool: z.string(),
  consistency: z.enum(['snapshot', 'none']),
  tso: z.string(),
  serverTime: z.string(),
  tables: z.number(),
  views: z.number(),
  rows: z.number(),
  files: z.number(),
  bytes: z.number(),
  /** SHA-256 of the manifest. */
  manifest: z.string(),
  madeInMs: z.number(),
  restoredInMs: z.number().optional(),
  /** In what the restored backup differs from what was there before the first step, one line each. */
  differsFromBefore: z.array(z.string()).optional(),
  /** When a backup of an earlier run was restored and compared. */
  restoredAt: z.string().optional(),
})
export type BackupFigures = z.infer<typeof backupFiguresShape>

export const backupFiguresRecord = record('backup-figures.json', backupFiguresShape)

export const backupFiguresOf = (manifest: BackupManifest): BackupFigures => ({
  tool: `${manifest.tool.name} ${manifest.tool.version}`,
  consistency: manifest.tool.consistency,
  ...manifest.moment,
  tables: manifest.tables.length,
  views: manifest.views.length,
  rows: manifest.rows,
  files: manifest.files.length,
  bytes: manifest.bytes,
  manifest: manifest.hash,
  madeInMs: manifest.durationMs,
  ...(manifest.restored === null ? {} : { restoredAt: manifest.restored.at }),
})
