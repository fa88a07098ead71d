import { existsSync, readdirSync, rmSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import type { Settings } from '../core/config/settings.ts'
import type { RunFolder } from '../core/record/run-folder.ts'
import { manifestFile, unprovenFile } from './manifest.ts'

/** Where the backup of a run is: one that was given, or one that the run makes. Undefined when it has none. */
export interface BackupPlan {
  readonly madeBy: 'somebody' | 'this run'
  /** The manifest, or its folder. */
  readonly path: string
  /** True when the files stand in the run's own folder, where they are of no use once the run has ended. */
  readonly isOwn: boolean
}

/** What the settings say of the backup of this run. A rehearsal always has one; other runs when they are told to. */
export const planBackup = (
  { MODE, BACKUP_MANIFEST, BACKUP_DIR }: Pick<Settings, 'MODE' | 'BACKUP_MANIFEST' | 'BACKUP_DIR'>,
  run: RunFolder,
): BackupPlan | undefined => {
  if (BACKUP_MANIFEST !== undefined)
    return { madeBy: 'somebody', path: resolve(BACKUP_MANIFEST), isOwn: false }
  if (MODE === 'check') return undefined
  if (BACKUP_DIR !== undefined)
    return { madeBy: 'this run', path: join(resolve(BACKUP_DIR), basename(run.dir)), isOwn: false }
  return MODE === 'rehearse' ? { madeBy: 'this run', path: run.path('backup'), isOwn: true } : undefined
}

/** Removes the files of a backup that stands in the run's own folder, all but its manifest. */
export const dropOwnFiles = (plan: BackupPlan | undefined): void => {
  if (plan?.isOwn !== true || !existsSync(plan.path)) return
  for (const name of readdirSync(plan.path))
    if (name !== manifestFile && name !== unprovenFile) rmSync(join(plan.path, name))
}
