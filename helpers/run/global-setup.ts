import { resolve } from 'node:path'
import type { TestProject } from 'vitest/node'
import { loadSettings } from '../config/load.ts'
import { HarnessError } from '../errors/harness-error.ts'
import { readLock } from '../migration/lock/lock.ts'
import { readMigration } from '../migration/migration.ts'
import { dataFile } from '../report/build-summary.ts'
import { startTarget, type Target } from '../target/start.ts'
import type { RunContext } from './context.ts'
import { prepareDatabase } from './prepare.ts'
import { createRunFolder, RunFolder } from './run-folder.ts'
import { timed } from './timings.ts'

const say = (line: string) => console.error(`  ${line}`)

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
const exitCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const

/** Ends the target when a signal ends the run; a kill that cannot be caught is the watchdog's business. */
const stopOnSignal = (stop: () => Promise<void>): (() => void) => {
  const onSignal = (signal: (typeof signals)[number]) => {
    say(`${signal}: stopping the server; what the run did so far is in reports/latest`)
    void stop().finally(() => process.exit(exitCodes[signal]))
  }
  for (const signal of signals) process.once(signal, onSignal)
  return () => {
    for (const signal of signals) process.removeListener(signal, onSignal)
  }
}

const startRun = async (project: TestProject): Promise<() => Promise<void>> => {
  const settings = loadSettings(resolve(import.meta.dirname, '../..'))
  const migration = readMigration(settings.MIGRATION)
  const lock = readLock(migration)
  const isNew = settings.RUN_DIR === undefined
  const run = isNew
    ? createRunFolder(settings.REPORTS_DIR, settings.TARGET, settings.MODE)
    : new RunFolder(resolve(settings.RUN_DIR ?? ''))
  if (isNew) run.write('run.json', { startedAt: new Date().toISOString() })
  let target: Target | undefined
  try {
    target = await timed(run, 'start of the server', () => startTarget(settings, say))
    const { name, kind, token, version, address } = target
    const forget = stopOnSignal(target.stop)
    if (token !== null && isNew) {
      const loaded = await timed(run, 'baseline and data', () =>
        prepareDatabase({ address, token }, migration, { ...settings, say }),
      )
      if (loaded !== undefined) run.write(dataFile, loaded)
    }
    const withDatabase =
      address.database === undefined ? { ...address, database: migration.database } : address
    const { SCALE, SEED, CONNECTIONS, LONG_TRANSACTION_SECONDS } = settings
    const context: RunContext = {
      runDir: run.dir,
      target: { name, kind, token, version, address: withDatabase },
      mode: settings.MODE,
      migration: migration.name,
      settings: { SCALE, SEED, CONNECTIONS, LONG_TRANSACTION_SECONDS },
    }
    project.provide('run', context)
    say(
      `target ${name} (${kind}), ${version}, database ${withDatabase.database}; MODE=${settings.MODE}; lock ${lock.hash.slice(0, 12)}`,
    )
    const { stop } = target
    return async () => {
      await stop()
      forget()
    }
  } catch (error) {
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
  } catch (error) {
    const text =
      error instanceof HarnessError
        ? error.message
        : `UNEXPECTED: ${error instanceof Error ? error.stack : error}`
    console.error(`\n${text}\n\n  FAILED  the run did not start\n`)
    return process.exit(1)
  }
}
