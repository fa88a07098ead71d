import { relative } from 'node:path'
import { afterAll } from 'vitest'
import { assertNoDifferences } from '../helpers/backup/compare.ts'
import { assertComplete } from '../helpers/backup/complete.ts'
import { findGuideTools, judgeGuideBackup, runGuideCommand } from '../helpers/backup/dump/guide-command.ts'
import { backupFiguresOf, backupFiguresRecord } from '../helpers/backup/figures.ts'
import { type Backup, type BackupManifest, proveBackup } from '../helpers/backup/manifest.ts'
import {
  nextOverBudget,
  nextWithoutScratch,
  notRestored,
  overBudget,
} from '../helpers/backup/not-restored.ts'
import { readRecoveryWindow } from '../helpers/backup/recovery-window.ts'
import { restoreAndCompare } from '../helpers/backup/restore-and-compare.ts'
import {
  reasonNoScratchServer,
  type ScratchServer,
  startScratchServer,
} from '../helpers/backup/scratch-server.ts'
import { differencesFromBefore } from '../helpers/backup/way-back.ts'
import type { Mode } from '../helpers/core/config/settings.ts'
import { beforeRecord } from '../helpers/core/record/before.ts'
import { once } from '../helpers/core/record/memo.ts'
import { readSnapshot } from '../helpers/core/schema/read-snapshot.ts'
import { readMoment } from '../helpers/core/server/moment.ts'
import { backupOfRun } from '../helpers/run/backup-of-run.ts'
import { section } from '../helpers/run/section.ts'
import { rowsOfTraffic } from '../helpers/traffic/scope.ts'
import { guideClaims } from '../helpers/verify/claims/guide-claim.ts'

const backups = section('backup', { needs: ['preflight'] })
const { check, context, read, run, lock, migration } = backups
const { settings, target } = context
const restoring: readonly Mode[] = ['rehearse', 'apply', 'rollback']
let complete: Backup | undefined
let reasonWithout = 'the backup is not complete: see backup.complete'

let started: ScratchServer | undefined
const scratch = once(async () => {
  started = await startScratchServer(target.kind, settings, (line) => console.log(`   ${line}`))
  return started
})
// Half a million restored rows are removed, or a container.
afterAll(() => started?.[Symbol.asyncDispose](), 120_000)

const scratchOrReason = () =>
  scratch().catch((error: unknown) => {
    const reason = target.token === null ? reasonNoScratchServer(error) : undefined
    if (reason === undefined) throw error
    return reason
  })

/** Ends the restore without one: a backup that was restored when it was made is skipped, another one is no proof. */
const leaveUnrestored =
  ({ restored }: BackupManifest, skip: (reason: string) => never) =>
  (reason: string, next: string): never => {
    if (restored !== null)
      return skip(
        `it was restored and compared when it was made, at ${restored.at}; not again here: ${reason}`,
      )
    throw notRestored(`The backup of this run was not restored: ${reason}.`, next)
  }

// A production is not read to its end for a backup that nothing here could restore.
const assertRestorable = async (): Promise<void> => {
  if (target.token !== null) return
  const server = await scratchOrReason()
  if (typeof server === 'string')
    throw notRestored(`The backup of this run would not be restored: ${server}.`, nextWithoutScratch)
}

const found = backupOfRun(backups, assertRestorable)

check('recovery-window', 'how far back the server itself can see', async ({ show, skip }) => {
  const window = await read(async (session) => {
    const moment = context.mode === 'check' ? undefined : beforeRecord.read(run).moment
    return readRecoveryWindow(
      session,
      moment ?? (await readMoment(session)),
      lock.baseline.tables[0]?.name ?? '',
    )
  })
  show({ ...window, backupEvidence: settings.BACKUP_EVIDENCE })
  if (window.couldNotCheck !== undefined) skip(`could not check: ${window.couldNotCheck}`, 'COULD_NOT_CHECK')
})

check(
  'complete',
  'the backup has a file for each table and view, as it was made, and is of the schema that is there',
  async ({ show, skip }) => {
    const answer = await found()
    if ('reason' in answer) {
      reasonWithout = answer.reason
      return skip(answer.reason)
    }
    const { backup } = answer
    const { schema: _, ...manifest } = backup.manifest
    show({ dir: relative('.', backup.dir), ...manifest })
    backupFiguresRecord.write(run, backupFiguresOf(backup.manifest))
    await assertComplete(backup, await read(readSnapshot), lock)
    complete = backup
  },
  { timeoutMs: 0 },
)

check(
  'restores',
  'a second server restores all of it with the CHECK switch ON, and then holds the same schema and rows',
  async ({ show, skip }) => {
    if (complete === undefined) return skip(reasonWithout)
    const { manifest } = complete
    const leave = leaveUnrestored(manifest, skip)
    show({ restoredWhenMade: manifest.restored })
    if (context.mode === 'rollback' && manifest.restored !== null) leave('MODE=rollback does not need it', '')
    const reason = target.token === null ? overBudget(manifest.rows, settings.CHECK_BUDGET_ROWS) : undefined
    if (reason !== undefined) return leave(reason, nextOverBudget(manifest.rows, target.name, '<id or link>'))
    const server = await scratchOrReason()
    if (typeof server === 'string') return leave(server, nextWithoutScratch)
    const wanted = { schema: manifest.schema, rows: manifest.tables }
    const { restoredInMs, differences } = await restoreAndCompare(
      server,
      complete,
      settings.CONNECTIONS,
      wanted,
    )
    const proven =
      manifest.restored === null && differences.length === 0
        ? proveBackup(complete, { at: new Date().toISOString(), inMs: restoredInMs })
        : complete
    const { schema, rows } = beforeRecord.read(run)
    const differsFromBefore =
      rows.length === 0
        ? undefined
        : await differencesFromBefore(server, proven, { schema, rows }, rowsOfTraffic(backups))
    backupFiguresRecord.write(run, { ...backupFiguresOf(proven.manifest), restoredInMs, differsFromBefore })
    show({ tables: manifest.tables, views: manifest.views, restoredInMs, differences })
    assertNoDifferences(differences, 'what the backup was made of')
  },
  { timeoutMs: 0, modes: restoring },
)

check(
  'guide-command',
  'the guide: what its own mysqldump command saves',
  async ({ claim, show, skip }) => {
    const [guideBackup] = guideClaims(migration, 'backup')
    if (guideBackup === undefined) return skip('claims.sql has no claim of the kind backup')
    const tools = findGuideTools()
    if (tools === undefined)
      return skip(
        'there is no mysqldump and mysql on the PATH; on Debian: sudo .ci/mysql-client.sh',
        'COULD_NOT_CHECK',
      )
    const { schema, rows } = beforeRecord.read(run)
    const there = {
      tables: schema.tables.length,
      rows: rows.reduce((sum, table) => sum + table.rows, 0),
      views: schema.views.length,
    }
    const saved = await runGuideCommand(tools, target.address, guideBackup.options, await scratch())
    show({ options: guideBackup.options, there, saved })
    claim(judgeGuideBackup(guideBackup.claim, there, saved))
  },
  { modes: ['rehearse'] },
)
