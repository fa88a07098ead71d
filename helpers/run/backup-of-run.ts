import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { DatabaseState } from '../backup/compare.ts'
import { findBackupTool, noBackupTool } from '../backup/dump/tool.ts'
import { makeBackup } from '../backup/make.ts'
import { type Backup, manifestRecord, readBackup } from '../backup/manifest.ts'
import { beforeRecord } from '../core/record/before.ts'
import { once } from '../core/record/memo.ts'
import { readAt } from '../core/server/moment.ts'
import { quoteName } from '../core/text/quote.ts'
import { rowsOfTraffic } from '../traffic/scope.ts'
import type { Section } from './section.ts'

/** The backup of a run, or why there is none. */
export type BackupOfRun = { readonly backup: Backup } | { readonly reason: string }

const reasonWithout = ({ context }: Section): string => {
  const command = `TARGET=${context.target.name} npm run backup`
  return context.mode === 'check'
    ? `MODE=check makes no backup; ${command} makes one, by reading only`
    : `BACKUP_EVIDENCE is taken on trust; what can be proved is a backup of ${command}`
}

// The record before the first step holds every row, unless buyers of an earlier part of the run had been there.
const knownState = async (section: Section): Promise<DatabaseState | undefined> => {
  const { moment, schema, rows } = beforeRecord.read(section.run)
  if (rows.length === 0 || moment === undefined) return undefined
  const leftOut = await section.read(async (session) => {
    await readAt(session, moment)
    const found: unknown[] = []
    for (const [table, condition] of Object.entries(rowsOfTraffic(section)))
      found.push(
        ...(await session.rows(z.unknown(), `SELECT 1 FROM ${quoteName(table)} WHERE ${condition} LIMIT 1`)),
      )
    return found
  })
  return leftOut.length === 0 ? { schema, rows } : undefined
}

/**
 * Finds or makes the backup that the run was told to have: at the first call, and then the same one. Where it makes one
 * and has a tool, `beforeDump` is asked first; what that throws leaves the target unread.
 */
export const backupOfRun = (
  section: Section,
  beforeDump: () => Promise<void>,
): (() => Promise<BackupOfRun>) =>
  once(async () => {
    const { context, run } = section
    const { backup: plan, target, settings } = context
    if (plan === null) return { reason: reasonWithout(section) }
    if (plan.madeBy === 'somebody') return { backup: readBackup(plan.path) }
    const say = (line: string) => console.log(`   ${line}`)
    const tool = await findBackupTool(settings, say, target.address.password !== '')
    if (tool === undefined) {
      // Whoever asked for a backup before a target is changed must get one.
      if (context.permit !== null) throw noBackupTool(settings)
      return { reason: noBackupTool(settings).what }
    }
    await beforeDump()
    // A part of a run that is run again makes it again.
    if (plan.isOwn) rmSync(plan.path, { recursive: true, force: true })
    const backup = await makeBackup({
      address: target.address,
      target: { name: target.name, version: target.version },
      dir: plan.path,
      tool,
      connections: settings.CONNECTIONS,
      moment: beforeRecord.read(run).moment,
      known: await knownState(section),
      say,
    })
    return { backup }
  })

/** The backup that 02-backup made and restored in this run; undefined when there is none. Throws BACKUP_UNREADABLE or BACKUP_EDITED. */
export const madeBackup = ({ context: { backup: plan } }: Section): Backup | undefined =>
  plan?.madeBy === 'this run' && existsSync(join(plan.path, manifestRecord.name))
    ? readBackup(plan.path)
    : undefined
