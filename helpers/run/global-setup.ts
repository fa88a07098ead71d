import { relative, resolve } from 'node:path'
import type { TestProject } from 'vitest/node'
import { type BackupPlan, dropOwnFiles, planBackup } from '../backup/plan.ts'
import { loadSettings } from '../core/config/load.ts'
import { projectRoot as root } from '../core/config/project.ts'
import type { Settings } from '../core/config/settings.ts'
import { withAdvice } from '../core/errors/advice.ts'
import { HarnessError } from '../core/errors/harness-error.ts'
import { readProgress } from '../core/record/progress-file.ts'
import { createRunFolder, RunFolder } from '../core/record/run-folder.ts'
import { timed } from '../core/record/timings.ts'
import type { ServerAddress } from '../core/server/session.ts'
import { startTarget, type Target } from '../core/server/start.ts'
import { openWriteSession } from '../core/server/write-session.ts'
import { confirmedServer } from '../gate/confirmed-server.ts'
import { assertRequest, type Permit, type Request } from '../gate/permit.ts'
import { passFileOf, type RehearsalPass } from '../gate/rehearsal-pass.ts'
import { type HeldLock, takeRunnerLock } from '../gate/runner-lock.ts'
import { interruptJobs } from '../migrate/apply/interrupt.ts'
import { readMigration } from '../migrate/folder/migration.ts'
import { namesIn, namesLeftOut, withoutExceptions } from '../migrate/lock/except.ts'
import { type Lock, readLock } from '../migrate/lock/lock.ts'
import type { Begun } from '../report/markdown/unfinished.ts'
import { summaryFile, writeNotStarted, writeUnfinished } from '../report/write-reports.ts'
import { markLog } from '../verify/application/log.ts'
import { readBaselineFrom } from './baseline-from.ts'
import { dataFile } from './build-summary.ts'
import type { RunContext } from './context.ts'
import { endOnSignal } from './interrupt.ts'
import { prepareDatabase } from './prepare.ts'
import { figuresOf, prepareAhead, settlePrepared } from './prepared-database.ts'
import { drawBar, ownTerminal } from './progress-bar.ts'
import { settingsOfRun } from './run-settings.ts'
import { assertStraightRun } from './straight-run.ts'

const acceptedPassFile = 'accepted-pass.json'
const say = (line: string) => console.error(`  ${line}`)

/** What apply and rollback must be given; undefined in the modes that change no target of the user's own. */
const requestOf = (settings: Settings, lock: Lock, plan: BackupPlan | undefined): Request | undefined => {
  const { MODE, CONFIRM, PASS_DAYS, REHEARSAL_PASS, REPORTS_DIR, MIGRATION } = settings
  if (MODE !== 'apply' && MODE !== 'rollback') return undefined
  return {
    mode: MODE,
    targetName: settings.TARGET,
    confirm: CONFIRM,
    backup: {
      evidence: settings.BACKUP_EVIDENCE,
      manifest: plan?.path,
      isMadeByRun: plan?.madeBy === 'this run',
      hours: settings.BACKUP_HOURS,
      budgetRows: settings.CHECK_BUDGET_ROWS,
    },
    pass: {
      file: REHEARSAL_PASS ?? passFileOf(REPORTS_DIR, MIGRATION),
      migration: MIGRATION,
      lockHash: lock.hash,
      days: PASS_DAYS,
      askedAt: Date.now(),
      except: namesLeftOut(lock),
    },
  }
}

// The pass that was accepted is the run's own from here on: another rehearsal may write a new one in its place meanwhile.
const permitOf = (
  request: Request,
  { name, mark }: HeldLock,
  run: RunFolder,
  pass: RehearsalPass,
): Permit => {
  run.write(acceptedPassFile, pass)
  const file = run.path(acceptedPassFile)
  return { ...request, pass: { ...request.pass, file }, runnerLock: { name, mark } }
}

// With --reporter the command line takes the suite's own reporter away, which is what sees that a run is whole.
const assertSummaryWritten = (run: RunFolder, before: number | undefined): void => {
  if (run.writtenAt(summaryFile) !== before) return
  console.error(`\n  FAILED  the run left no ${run.path(summaryFile)}, so nobody saw whether it was whole`)
  console.error('  next: run without --reporter: npx vitest run\n')
  process.exitCode = 1
}

const canPrepare = ({ TARGET, ENGINE_DIR, PREPARED_GB }: Settings): boolean =>
  TARGET === 'embedded' && ENGINE_DIR === undefined && PREPARED_GB > 0

/** A run that has a folder and no verdict yet. */
interface BegunRun {
  readonly run: RunFolder
  readonly begun: Begun
  /** The signal that stopped it. */
  stoppedBy?: string
}

const beginRun = ({ REPORTS_DIR, TARGET, MODE, MIGRATION }: Settings): BegunRun => {
  const run = createRunFolder(REPORTS_DIR, TARGET, MODE)
  const startedAt = new Date().toISOString()
  const begun = { mode: MODE, migration: MIGRATION, target: TARGET, startedAt }
  run.write('run.json', { startedAt })
  writeUnfinished(run, begun)
  return { run, begun }
}

const startRun = async (
  project: TestProject,
  onBegin: (begunRun: BegunRun) => void,
): Promise<() => Promise<void>> => {
  const settings = loadSettings(root)
  const isNew = settings.RUN_DIR === undefined
  // First of all: what is refused from here on must not leave the report of an earlier run as the latest one.
  const begunRun = isNew ? beginRun(settings) : undefined
  if (begunRun !== undefined) onBegin(begunRun)
  const run = begunRun?.run ?? new RunFolder(resolve(settings.RUN_DIR ?? ''))
  // One may be there of an earlier part of the same run (RUN_DIR).
  const summaryBefore = run.writtenAt(summaryFile)
  const migration = readMigration(settings.MIGRATION)
  const lock = withoutExceptions(readLock(migration), namesIn(settings.EXCEPT))
  assertStraightRun(project, settings.MODE)
  if (settings.APP_LOG !== undefined) markLog(run, settings.APP_LOG)
  let target: Target | undefined
  let runnerLock: HeldLock | undefined
  let permit: Permit | null = null
  let withDatabase: ServerAddress | undefined
  const terminal = ownTerminal()
  const bar = terminal === undefined ? undefined : drawBar(terminal, () => readProgress(run))
  const end = async () => {
    bar?.[Symbol.dispose]()
    await runnerLock?.[Symbol.asyncDispose]()
    await target?.stop()
  }
  const settle = async () => {
    if (permit === null || withDatabase === undefined) return []
    await using session = await openWriteSession(confirmedServer(withDatabase, permit))
    // Without the lock no further step is sent.
    await runnerLock?.[Symbol.asyncDispose]()
    return await interruptJobs(session, run, settings.ON_INTERRUPT)
  }
  const record = (signal: string) => {
    // A verdict that was reached stands.
    if (begunRun === undefined || run.writtenAt(summaryFile) !== summaryBefore) return
    begunRun.stoppedBy = signal
    writeUnfinished(run, begunRun.begun, signal)
  }
  // Before the server is started: a signal that came between the two was lost, and the run went on.
  const forget = endOnSignal({ record, settle, stop: end, say })
  try {
    const { BASELINE_FROM } = settings
    const structure =
      BASELINE_FROM === undefined ? undefined : await readBaselineFrom(root, BASELINE_FROM, say)
    // Production's structure is for this run alone: it is not kept.
    const prepared =
      canPrepare(settings) && structure === undefined
        ? await timed(run, 'baseline and data', () => prepareAhead(settings, migration, { ...settings, say }))
        : undefined
    target = await timed(run, 'start of the server', () => startTarget(settings, say, prepared))
    const { name, kind, token, version, address } = target
    withDatabase =
      address.database === undefined
        ? { ...address, database: structure?.database ?? migration.database }
        : address
    if (token !== null && prepared !== undefined) {
      await timed(run, 'loading of statistics', () =>
        settlePrepared({ address, token }, migration, settings.CONNECTIONS),
      )
      const figures = figuresOf(prepared)
      if (figures !== undefined) run.write(dataFile, figures)
    } else if (token !== null && isNew) {
      const loaded = await timed(run, 'baseline and data', () =>
        prepareDatabase({ address, token }, migration, { ...settings, structure, say }),
      )
      if (loaded !== undefined) run.write(dataFile, loaded)
    }
    const plan = planBackup(settings, run)
    const request = requestOf(settings, lock, plan)
    if (request !== undefined) {
      const pass = await assertRequest(withDatabase, request, 'beginning')
      runnerLock = await takeRunnerLock(withDatabase, (why) =>
        say(`the runner's lock is lost (${why}); no further step is sent`),
      )
      permit = permitOf(request, runnerLock, run, pass)
    }
    const context: RunContext = {
      runDir: run.dir,
      target: { name, kind, token, version, address: withDatabase },
      permit,
      backup: plan ?? null,
      mode: settings.MODE,
      migration: migration.name,
      except: namesLeftOut(lock),
      isBarDrawn: bar !== undefined,
      settings: settingsOfRun(settings),
    }
    project.provide('run', context)
    say(
      `target ${name} (${kind}) at ${withDatabase.host}:${withDatabase.port}, ${version}, database ${withDatabase.database}; MODE=${settings.MODE}; lock ${lock.hash.slice(0, 12)}`,
    )
    return async () => {
      await end()
      // A run in parts goes on with the same folder, and so with its backup.
      if (isNew) dropOwnFiles(plan)
      forget()
      assertSummaryWritten(run, summaryBefore)
    }
  } catch (error) {
    await end()
    forget()
    throw error
  }
}

/**
 * Starts the target, prepares a rehearsal's database, and hands both to the specs. Returns the tear-down.
 * What goes wrong here ends the process with its message: vitest would bury it in a stack and in
 * "no test files found".
 */
export default async (project: TestProject): Promise<() => Promise<void>> => {
  let begunRun: BegunRun | undefined
  try {
    return await startRun(project, (run) => {
      begunRun = run
    })
  } catch (thrown) {
    const error = withAdvice(thrown)
    const text =
      error instanceof HarnessError
        ? error.message
        : `UNEXPECTED: ${error instanceof Error ? error.stack : error}`
    // What fails because the run was stopped is not why it did not start.
    const isStopped = begunRun?.stoppedBy !== undefined
    const report =
      begunRun === undefined || isStopped ? undefined : writeNotStarted(begunRun.run, begunRun.begun, error)
    const place = report === undefined ? '' : `\n  report  ${relative(resolve('.'), report)}`
    console.error(`\n${text}\n\n  FAILED  the run did not start${place}\n`)
    return process.exit(1)
  }
}
