import { rmSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { z } from 'zod'
import { assertNoDifferences } from '../backup/compare.ts'
import { assertComplete } from '../backup/complete.ts'
import { findBackupTool, noBackupTool } from '../backup/dump/tool.ts'
import { makeBackup } from '../backup/make.ts'
import { type Backup, manifestRecord, proveBackup } from '../backup/manifest.ts'
import { nextOverBudget, nextWithoutScratch, notRestored, overBudget } from '../backup/not-restored.ts'
import { restoreAndCompare } from '../backup/restore-and-compare.ts'
import { reasonNoScratchServer, type ScratchServer, startScratchServer } from '../backup/scratch-server.ts'
import { loadSettings } from '../core/config/load.ts'
import { projectRoot } from '../core/config/project.ts'
import type { Settings } from '../core/config/settings.ts'
import { isThrowAwayName } from '../core/config/variables/kinds.ts'
import { HarnessError } from '../core/errors/harness-error.ts'
import { readTotalRows } from '../core/rows/row-estimates.ts'
import { readSnapshot } from '../core/schema/read-snapshot.ts'
import { type Endpoint, openReadSession } from '../core/server/session.ts'
import { startTarget } from '../core/server/start.ts'
import { readMigration } from '../migrate/folder/migration.ts'
import { readLock } from '../migrate/lock/lock.ts'
import { needsOfBackup, readPrivileges, unmetNeeds } from '../verify/preflight/privileges.ts'
import { runAsCommand } from './command.ts'

// Only the manifest's path goes to standard output, so that a script can take it.
const say = (line: string) => console.error(`  ${line}`)

const assertMayRead = async ({ address, sessionOptions }: Endpoint): Promise<void> => {
  await using session = await openReadSession(address, sessionOptions)
  const privileges = await readPrivileges(session, address.database ?? '')
  const unmet = unmetNeeds(privileges, needsOfBackup)
  if (unmet.length > 0) {
    throw new HarnessError('PRIVILEGES_MISSING', {
      what: `${privileges.account} lacks: ${unmet.join('; ')}.`,
      why: 'What an account may not see is left out of its backup without a word. Nothing was made.',
      next: 'Have an administrator grant them; sql/grants.sql shows an account that only reads.',
    })
  }
  if (!privileges.has('PROCESS'))
    say(
      'without PROCESS dumpling cannot keep the server from throwing old rows away: it must end within tidb_gc_life_time',
    )
}

const proveComplete = async (
  backup: Backup,
  { address, sessionOptions }: Endpoint,
  settings: Settings,
): Promise<void> => {
  await using session = await openReadSession(address, sessionOptions)
  await assertComplete(
    backup,
    await readSnapshot(session),
    readLock(readMigration(settings.MIGRATION, settings.SQL_DIR)),
  )
}

// Nobody should dump for an hour what is not going to be restored.
const assertRestorable = async ({ address, sessionOptions }: Endpoint, settings: Settings): Promise<void> => {
  await using session = await openReadSession(address, sessionOptions)
  const rows = await readTotalRows(session)
  const reason = overBudget(rows, settings.CHECK_BUDGET_ROWS, 'about ')
  if (reason === undefined) return
  const next = nextOverBudget(rows, settings.TARGET, '<id of one made elsewhere>')
  throw notRestored(`No backup was made, because it would not be restored: ${reason}.`, next)
}

const startRestoreServer = (settings: Settings): Promise<ScratchServer> =>
  startScratchServer('remote', settings, say).catch((error: unknown) => {
    const reason = reasonNoScratchServer(error)
    if (reason === undefined) throw error
    throw notRestored(`No backup was made, because it would not be restored: ${reason}`, nextWithoutScratch)
  })

const proveRestore = async (backup: Backup, scratch: ScratchServer, settings: Settings): Promise<void> => {
  const { manifest, dir } = backup
  const reason = overBudget(manifest.rows, settings.CHECK_BUDGET_ROWS)
  if (reason !== undefined) {
    const next = nextOverBudget(manifest.rows, settings.TARGET, dir)
    throw notRestored(`The backup in ${dir} was not restored: ${reason}.`, next)
  }
  const wanted = { schema: manifest.schema, rows: manifest.tables }
  const { restoredInMs, differences } = await restoreAndCompare(scratch, backup, settings.CONNECTIONS, wanted)
  assertNoDifferences(differences, 'what the backup was made of')
  proveBackup(backup, { at: new Date().toISOString(), inMs: restoredInMs })
  say(
    `restored into a scratch server: ${manifest.tables.length} tables, ${manifest.views.length} views and every row are the same`,
  )
}

/** Removes what stands in a folder when a signal ends the process; returns how to take that back. */
const removeOnSignal = (dir: string): (() => void) => {
  const onSignal = (signal: NodeJS.Signals) => {
    // The dump goes on until this process has ended, so files may come up while the folder is removed.
    rmSync(dir, { recursive: true, force: true, maxRetries: 10 })
    say(`${signal}: the backup was not finished, and is removed`)
    process.exit(1)
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of signals) process.once(signal, onSignal)
  return () => {
    for (const signal of signals) process.removeListener(signal, onSignal)
  }
}

const backUp = async (settings: Settings): Promise<void> => {
  if (isThrowAwayName(settings.TARGET)) {
    throw new HarnessError('BACKUP_NEEDS_A_TARGET', {
      what: `TARGET=${settings.TARGET} is thrown away at the end of each run; there is nothing to keep.`,
      next: 'Name a server of yours: TARGET=prod npm run backup   # its address stands in .env.prod',
    })
  }
  const target = await startTarget(settings, say)
  const { address, name, version } = target
  await assertMayRead(target)
  const tool = await findBackupTool(settings, say, address.password !== '')
  if (tool === undefined) throw noBackupTool(settings)
  await assertRestorable(target, settings)
  await using scratch = await startRestoreServer(settings)
  const time = new Date().toISOString().slice(0, 19).replaceAll(':', '-')
  const dir = resolve(settings.BACKUP_DIR ?? 'backups', `${time}-${name}`)
  const keep = removeOnSignal(dir)
  const backup = await makeBackup({
    address,
    target: { name, version },
    dir,
    tool,
    connections: settings.CONNECTIONS,
    say,
  })
  const { tables, views, rows, bytes, files, durationMs } = backup.manifest
  say(
    `${tables.length} tables, ${views.length} views, ${rows.toLocaleString('en')} rows: ${files.length} files, ${(bytes / 1e6).toFixed(1)} MB in ${(durationMs / 1000).toFixed(1)} s`,
  )
  await proveComplete(backup, target, settings)
  await proveRestore(backup, scratch, settings)
  keep()
  const file = join(dir, manifestRecord.name)
  const shown = relative(resolve('.'), file)
  say(`next: BACKUP_MANIFEST=${shown} TARGET=${name} MODE=apply CONFIRM=${address.database} npx vitest run`)
  console.log(shown)
}

await runAsCommand({
  name: 'backup',
  description:
    'Makes a backup of TARGET, restores it into a scratch server, compares all rows, and prints its manifest',
  shape: z.object({}),
  example: 'TARGET=prod npm run backup',
  run: () => backUp(loadSettings(projectRoot)),
})
