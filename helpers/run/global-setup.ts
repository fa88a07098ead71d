import { resolve } from 'node:path'
import type { TestProject } from 'vitest/node'
import { loadSettings } from '../config/load.ts'
import type { Settings } from '../config/settings.ts'
import { withAdvice } from '../errors/advice.ts'
import { HarnessError } from '../errors/harness-error.ts'
import { assertRequest, type Permit, type Request } from '../gate/permit.ts'
import { passFileOf } from '../gate/rehearsal-pass.ts'
import { type HeldLock, takeRunnerLock } from '../gate/runner-lock.ts'
import { interruptJobs } from '../migration/apply/interrupt.ts'
import { namesIn, withoutExceptions } from '../migration/lock/except.ts'
import { type Lock, readLock } from '../migration/lock/lock.ts'
import { readMigration } from '../migration/migration.ts'
import { dataFile } from '../report/build-summary.ts'
import { startTarget, type Target } from '../target/start.ts'
import { openWriteSession } from '../target/write-session.ts'
import { readBaselineFrom } from './baseline-from.ts'
import type { RunContext } from './context.ts'
import { endOnSignal } from './interrupt.ts'
import { prepareDatabase } from './prepare.ts'
import { drawBar, ownTerminal } from './progress-bar.ts'
import { readProgress } from './progress-file.ts'
import { createRunFolder, RunFolder } from './run-folder.ts'
import { assertStraightRun } from './straight-run.ts'
import { timed } from './timings.ts'

const root = resolve(import.meta.dirname, '../..')
const say = (line: string) => console.error(`  ${line}`)

/** What apply and rollback must be given; undefined in the modes that change no target of the user's own. */
const requestOf = (settings: Settings, lock: Lock): Request | undefined => {
  const { MODE, CONFIRM, BACKUP_EVIDENCE, PASS_DAYS, REHEARSAL_PASS, REPORTS_DIR, MIGRATION } = settings
  if (MODE !== 'apply' && MODE !== 'rollback') return undefined
  return {
    mode: MODE,
    targetName: settings.TARGET,
    confirm: CONFIRM,
    backupEvidence: BACKUP_EVIDENCE,
    pass: {
      file: REHEARSAL_PASS ?? passFileOf(REPORTS_DIR, MIGRATION),
      migration: MIGRATION,
      lockHash: lock.hash,
      days: PASS_DAYS,
      except: namesIn(settings.EXCEPT),
    },
  }
}

// Never all of them: DATABASE_URL holds a password.
const settingsOfRun = ({
  SCALE,
  SEED,
  CONNECTIONS,
  LONG_TRANSACTION_SECONDS,
  EXPECT,
  MINIMUM_RELEASE,
  CHECK_BUDGET_ROWS,
  REPORTS_DIR,
  BACKUP_EVIDENCE,
  PROBE,
  REHEARSAL_PASS,
}: Settings): RunContext['settings'] => ({
  MINIMUM_RELEASE,
  SCALE,
  SEED,
  CONNECTIONS,
  LONG_TRANSACTION_SECONDS,
  EXPECT,
  CHECK_BUDGET_ROWS,
  REPORTS_DIR,
  BACKUP_EVIDENCE,
  PROBE,
  REHEARSAL_PASS,
})

const permitOf = (request: Request, { name, mark }: HeldLock): Permit => ({
  ...request,
  runnerLock: { name, mark },
})

const startRun = async (project: TestProject): Promise<() => Promise<void>> => {
  const settings = loadSettings(root)
  const migration = readMigration(settings.MIGRATION)
  const except = namesIn(settings.EXCEPT)
  const lock = withoutExceptions(readLock(migration), except)
  assertStraightRun(project, settings.MODE)
  const isNew = settings.RUN_DIR === undefined
  const run = isNew
    ? createRunFolder(settings.REPORTS_DIR, settings.TARGET, settings.MODE)
    : new RunFolder(resolve(settings.RUN_DIR ?? ''))
  if (isNew) run.write('run.json', { startedAt: new Date().toISOString() })
  let target: Target | undefined
  let runnerLock: HeldLock | undefined
  try {
    const { BASELINE_FROM } = settings
    const structure =
      BASELINE_FROM === undefined ? undefined : await readBaselineFrom(root, BASELINE_FROM, say)
    target = await timed(run, 'start of the server', () => startTarget(settings, say))
    const { name, kind, token, version, address } = target
    const { stop } = target
    const withDatabase =
      address.database === undefined
        ? { ...address, database: structure?.database ?? migration.database }
        : address
    const terminal = ownTerminal()
    const bar = terminal === undefined ? undefined : drawBar(terminal, () => readProgress(run))
    const end = async () => {
      bar?.[Symbol.dispose]()
      await runnerLock?.[Symbol.asyncDispose]()
      await stop()
    }
    let permit: Permit | null = null
    const settle = async () => {
      if (permit === null) return []
      await using session = await openWriteSession({ address: withDatabase, permit })
      // Without the lock no further step is sent.
      await runnerLock?.[Symbol.asyncDispose]()
      return await interruptJobs(session, run, settings.ON_INTERRUPT)
    }
    const forget = endOnSignal({ settle, stop: end, say })
    if (token !== null && isNew) {
      const loaded = await timed(run, 'baseline and data', () =>
        prepareDatabase({ address, token }, migration, { ...settings, structure, say }),
      )
      if (loaded !== undefined) run.write(dataFile, loaded)
    }
    const request = requestOf(settings, lock)
    if (request !== undefined) {
      await assertRequest(withDatabase, request)
      runnerLock = await takeRunnerLock(withDatabase, (why) =>
        say(`the runner's lock is lost (${why}); no further step is sent`),
      )
      permit = permitOf(request, runnerLock)
    }
    const context: RunContext = {
      runDir: run.dir,
      target: { name, kind, token, version, address: withDatabase },
      permit,
      mode: settings.MODE,
      migration: migration.name,
      except,
      isBarDrawn: bar !== undefined,
      settings: settingsOfRun(settings),
    }
    project.provide('run', context)
    say(
      `target ${name} (${kind}), ${version}, database ${withDatabase.database}; MODE=${settings.MODE}; lock ${lock.hash.slice(0, 12)}`,
    )
    return async () => {
      await end()
      forget()
    }
  } catch (error) {
    await runnerLock?.[Symbol.asyncDispose]()
    await target?.stop()
    throw error
  }
}

/**
 * Starts the target, prepares a rehearsal's database, and hands both to the specs. Returns the tear-down.
 * What goes wrong here ends the process with its message: vitest would bury it in a stack and in
 * "no test files found".
 */
export default async (project: TestProject): Promise<() => Promise<void>> => {
  try {
    return await startRun(project)
  } catch (thrown) {
    const error = withAdvice(thrown)
    const text =
      error instanceof HarnessError
        ? error.message
        : `UNEXPECTED: ${error instanceof Error ? error.stack : error}`
    console.error(`\n${text}\n\n  FAILED  the run did not start\n`)
    return process.exit(1)
  }
}
