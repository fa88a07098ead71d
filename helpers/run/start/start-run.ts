import { resolve } from 'node:path'
import type { TestProject } from 'vitest/node'
import { dropOwnFiles, planBackup } from '../../backup/plan.ts'
import type { Settings } from '../../core/config/settings.ts'
import { once } from '../../core/record/memo.ts'
import { readProgress } from '../../core/record/progress-file.ts'
import { RunFolder } from '../../core/record/run-folder.ts'
import { openWriteSession } from '../../core/server/write-session.ts'
import { confirmedServer } from '../../gate/confirmed-server.ts'
import { interruptJobs } from '../../migrate/apply/interrupt.ts'
import { readMigration } from '../../migrate/folder/migration.ts'
import { namesIn, namesLeftOut, withoutExceptions } from '../../migrate/lock/except.ts'
import { readLock } from '../../migrate/lock/lock.ts'
import { summaryRecord } from '../../report/summary.ts'
import { markLog } from '../../verify/application/log.ts'
import { endOnSignal } from '../interrupt.ts'
import { drawBar, ownTerminal } from '../progress-bar.ts'
import { settingsOfRun } from '../run-settings.ts'
import { assertStraightRun } from '../straight-run.ts'
import { assertSummaryWritten, type BegunRun, recordStop } from './begun-run.ts'
import { obtainPermission } from './permission.ts'
import { startRunTarget } from './run-target.ts'

const say = (line: string) => console.error(`  ${line}`)

/**
 * Starts the target, prepares a rehearsal's database, takes what a change of the target needs, and hands the run's context
 * to the specs. `begunRun` is undefined for a further part of a run (RUN_DIR). Returns the tear-down. What fails, or is
 * stopped by a signal, leaves nothing running.
 */
export const startRun = async (
  project: TestProject,
  settings: Settings,
  begunRun: BegunRun | undefined,
): Promise<() => Promise<void>> => {
  const run = begunRun?.run ?? new RunFolder(resolve(settings.RUN_DIR ?? ''))
  // One may be there of an earlier part of the same run (RUN_DIR).
  const summaryBefore = run.writtenAt(summaryRecord.name)
  const migration = readMigration(settings.MIGRATION, settings.SQL_DIR)
  const whole = readLock(migration)
  const lock = withoutExceptions(whole, namesIn(settings.EXCEPT))
  assertStraightRun(project, settings.MODE)
  if (settings.APP_LOG !== undefined) markLog(run, settings.APP_LOG)
  // What is used first ends last: the bar before the servers, and of those the runner's lease before the target.
  const started = new AsyncDisposableStack()
  const servers = started.use(new AsyncDisposableStack())
  const terminal = ownTerminal()
  const bar = started.use(terminal === undefined ? undefined : drawBar(terminal, () => readProgress(run)))
  // A signal may come while the tear-down is at work: whoever asks second waits for the first.
  const end = once(() => started.disposeAsync())
  let settle = async (): Promise<string[]> => []
  const record = (signal: string) => {
    // A verdict that was reached stands.
    if (begunRun !== undefined && run.writtenAt(summaryRecord.name) === summaryBefore)
      recordStop(begunRun, signal)
  }
  // Before the server is started: a signal that came between the two was lost, and the run went on.
  const forget = endOnSignal({ record, settle: () => settle(), stop: end, say })
  try {
    const target = await startRunTarget(settings, migration, run, servers, say)
    const plan = planBackup(settings, run)
    const permission = await obtainPermission(target, { settings, migration, lock, plan }, run, servers, say)
    if (permission !== undefined)
      settle = async () => {
        await using session = await openWriteSession(confirmedServer(target, permission.permit))
        // Without the lock no further step is sent.
        await permission.runnerLease[Symbol.asyncDispose]()
        return await interruptJobs(session, run, settings.ON_INTERRUPT)
      }
    project.provide('run', {
      runDir: run.dir,
      target,
      permit: permission?.permit ?? null,
      backup: plan ?? null,
      mode: settings.MODE,
      migration,
      lock: whole,
      except: namesLeftOut(lock),
      isBarDrawn: bar !== undefined,
      settings: settingsOfRun(settings),
    })
    const { name, kind, address, version } = target
    say(
      `target ${name} (${kind}) at ${address.host}:${address.port}, ${version}, database ${address.database}; MODE=${settings.MODE}; lock ${lock.hash.slice(0, 12)}`,
    )
    return async () => {
      await end()
      // A run in parts goes on with the same folder, and so with its backup.
      if (begunRun !== undefined) dropOwnFiles(plan)
      forget()
      assertSummaryWritten(run, summaryBefore)
    }
  } catch (error) {
    await end()
    forget()
    throw error
  }
}
