import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRunFolder } from '../../helpers/core/record/run-folder.ts'
import type { Engine } from '../../helpers/core/server/embedded/engine.ts'
import type { WriteSession } from '../../helpers/core/server/session.ts'
import { openWriteSession } from '../../helpers/core/server/write-session.ts'
import { analyzeLoaded } from '../../helpers/migrate/data/analyze.ts'
import { readMigration } from '../../helpers/migrate/folder/migration.ts'
import { readLock } from '../../helpers/migrate/lock/lock.ts'
import { startWithDatabase } from '../../helpers/run/prepare/prepared-database.ts'
import { dataRecord, startRecord } from '../../helpers/run/records.ts'
import { type RunOptions, runSuite, type SuiteOutcome } from '../../helpers/run/suite-process.ts'

const specFiles = {
  preflight: '01-preflight',
  'benchmark-before': '03-benchmark-before',
  backup: '02-backup',
  indexes: '04-indexes',
  constraints: '05-constraints',
  postconditions: '06-postconditions',
  'query-plans': '07-query-plans',
  integrity: '08-integrity',
  application: '09-application',
  benchmark: '10-benchmark-after',
  rollback: '11-rollback',
  metrics: '12-metrics',
} as const
export type Spec = keyof typeof specFiles

/** An engine with production's schema and small data, and a run folder that the suite can be run on in parts. */
export interface Fixture extends AsyncDisposable {
  readonly engine: Engine
  readonly runDir: string
  /** Runs sections of the suite in this fixture's run. */
  run(
    specs: readonly Spec[],
    variables?: Readonly<Record<string, string>>,
    options?: RunOptions,
  ): Promise<SuiteOutcome>
  /** Puts a fault in, or takes it out: statements one after the other on one connection. */
  sql(...statements: string[]): Promise<void>
  /** Plants rows, and gives their tables statistics that stay as they are; after a plain ANALYZE they were 50 % healthy. */
  plant(tables: readonly string[], ...statements: string[]): Promise<void>
  connect(): Promise<WriteSession>
}

export const engineSettings = {
  TIDB_SERVER_BIN: process.env['TIDB_SERVER_BIN'],
  ENGINE_CACHE: process.env['ENGINE_CACHE'],
}

/** The data of a drill: small, and always the same. */
export const drillData = {
  SEED: 20_260_120,
  SCALE: 'small',
  CONNECTIONS: 4,
  TRAFFIC: 'off',
  say: () => {},
} as const

export const drillDatabase = 'ticketbookingdb'
export const verification: readonly Spec[] = ['postconditions', 'query-plans', 'integrity']

interface FixtureOptions {
  readonly serverVersion?: string
  /** Whether buyers are at work while the suite migrates; off, because most drills are not about them. */
  readonly traffic?: 'on' | 'off'
}

/** Starts a fixture in the state before the migration. */
export const startFixture = async ({
  traffic = 'off',
  ...options
}: FixtureOptions = {}): Promise<Fixture> => {
  const { engine, loaded } = await startWithDatabase(
    engineSettings,
    readMigration('v3'),
    { ...drillData, TRAFFIC: traffic },
    options,
  )
  const reports = await mkdtemp(join(tmpdir(), 'drill-reports-'))
  const run = createRunFolder(reports, 'embedded', 'rehearse')
  startRecord.write(run, { startedAt: new Date().toISOString() })
  if (loaded !== undefined) dataRecord.write(run, loaded)
  const connect = () => openWriteSession(engine, drillDatabase)
  return {
    engine,
    runDir: run.dir,
    connect,
    run: (specs, variables = {}, options = {}) =>
      runSuite(
        specs.map((spec) => `specs/${specFiles[spec]}`),
        {
          ENGINE_DIR: engine.dataDir,
          RUN_DIR: run.dir,
          REPORTS_DIR: reports,
          SCALE: 'small',
          TRAFFIC: traffic,
          TRAFFIC_RATE: '10',
          ...variables,
        },
        options,
      ),
    sql: async (...statements) => {
      await using session = await connect()
      for (const statement of statements) await session.run(statement)
    },
    plant: async (tables, ...statements) => {
      await using session = await connect()
      // One transaction is booked at once; an auto-analyze between two would count rows that are booked once more.
      await session.run('BEGIN')
      for (const statement of statements) await session.run(statement)
      await session.run('COMMIT')
      await analyzeLoaded(session, tables)
    },
    [Symbol.asyncDispose]: async () => {
      await engine.stop()
      await rm(reports, { recursive: true, force: true })
    },
  }
}

/** Starts a fixture and applies the migration to it with the suite itself. Throws when that is not green. */
export const startMigratedFixture = async (options: FixtureOptions = {}): Promise<Fixture> => {
  const fixture = await startFixture(options)
  const applied = await fixture.run(['preflight', 'indexes', 'constraints'])
  if (applied.red.length === 0 && applied.summary !== undefined) return fixture
  await fixture[Symbol.asyncDispose]()
  throw new Error(`the fixture of the drill is not green: ${applied.red.join(', ')}\n${applied.tail}`)
}

/** SQL that gives a view its text of before the migration. */
export const lockedView = (name: string): string => {
  const view = readLock(readMigration('v3')).baseline.views.find((item) => item.name === name)
  return `CREATE OR REPLACE VIEW \`${name}\` AS ${view?.definition}`
}
