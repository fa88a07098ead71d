import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { projectRoot } from '../../helpers/core/config/project.ts'
import type { Snapshot } from '../../helpers/core/schema/model.ts'
import { readSnapshot } from '../../helpers/core/schema/read-snapshot.ts'
import type { Engine } from '../../helpers/core/server/embedded/engine.ts'
import { openRawWriteSession, type WriteSession } from '../../helpers/core/server/session.ts'
import { readMigration } from '../../helpers/migrate/folder/migration.ts'
import { startWithDatabase } from '../../helpers/run/prepare/prepared-database.ts'
import { runSuite, type SuiteOutcome } from '../../helpers/run/suite-process.ts'
import { makeCertificate } from './certificate.ts'
import { drillData, drillDatabase, engineSettings } from './fixture.ts'
import { assertSecretKept } from './secrets.ts'

/** A password with all that a URL, a shell, SQL or a regular expression takes for its own. */
export const oddPassword = `p'4s"s\\w:o@r/d#%&?$(x)*ü`

/** A production to practise on: a second engine with its own data, TLS on, two accounts, no throw-away marker. */
export interface StandIn extends AsyncDisposable {
  readonly engine: Engine
  readonly reports: string
  /** The authority of its certificate. */
  readonly ca: string
  urlOf(account: 'migration_check' | 'migration_apply', database?: string, host?: string): string
  /** Variables that point a run at it as TARGET=prod. */
  as(account: 'migration_check' | 'migration_apply'): Record<string, string>
  /** Runs the suite against it. */
  run(variables: Readonly<Record<string, string>>, specs?: readonly string[]): Promise<SuiteOutcome>
  /** Applies the migration as a person would who gave all that is needed; `variables` may take some of it away. */
  apply(variables?: Readonly<Record<string, string>>, specs?: readonly string[]): Promise<SuiteOutcome>
  /** The schema of its database. */
  schema(): Promise<Snapshot>
  /** What every run said; at the end no password may stand in it, nor in any report. */
  readonly said: string[]
  /** A connection of the administrator. */
  connect(): Promise<WriteSession>
  sql(...statements: string[]): Promise<void>
}

// The script that users run, with a password that is harder to carry than theirs.
const accounts = (): string[] =>
  readFileSync(join(projectRoot, 'sql/grants.sql'), 'utf8')
    .replace(/^--.*$/gm, '')
    .replaceAll(/CHANGE-ME-\w+/g, () => oddPassword.replaceAll('\\', '\\\\').replaceAll("'", "''"))
    .split(/;\s*$/m)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '')

const consent = { CONFIRM: drillDatabase, BACKUP_EVIDENCE: 'drill' }

/** Starts a stand-in production before the migration, with small data. */
export const startStandIn = async (): Promise<StandIn> => {
  const folder = await mkdtemp(join(tmpdir(), 'drill-stand-in-'))
  const tls = await makeCertificate(folder, 'localhost')
  const { engine } = await startWithDatabase(engineSettings, readMigration('v3'), drillData, { tls })
  const connect = () => openRawWriteSession({ ...engine.address, database: drillDatabase })
  const sql: StandIn['sql'] = async (...statements) => {
    await using session = await connect()
    for (const statement of statements) await session.run(statement)
  }
  // Drills look at all statements of a run: a window of half an hour would end in the middle of one.
  await sql(
    ...accounts(),
    'DROP DATABASE migration_harness',
    'SET GLOBAL tidb_stmt_summary_refresh_interval = 86400',
  )
  const reports = join(folder, 'reports')
  const said: string[] = []
  const urlOf: StandIn['urlOf'] = (account, database = drillDatabase, host = 'localhost') =>
    `mysql://${account}:${encodeURIComponent(oddPassword)}@${host}:${engine.address.port}/${database}`
  // The engine is v7.5.0, and says so; faking 7.5.2 would make one query plan fail that only 7.5.1 has (#48181).
  const standInAs: StandIn['as'] = (account) => ({
    TARGET: 'prod',
    DATABASE_URL: urlOf(account),
    TLS_CA: tls.cert,
    MINIMUM_RELEASE: '7.5.0',
  })
  const run: StandIn['run'] = async (variables, specs = []) => {
    const outcome = await runSuite(specs, {
      REPORTS_DIR: reports,
      SCALE: 'small',
      TRAFFIC: 'off',
      ...variables,
    })
    said.push(outcome.output)
    return outcome
  }
  return {
    engine,
    reports,
    ca: tls.cert,
    urlOf,
    as: standInAs,
    said,
    run,
    apply: (variables = {}, specs = []) =>
      run({ ...standInAs('migration_apply'), MODE: 'apply', ...consent, ...variables }, specs),
    connect,
    sql,
    schema: async () => {
      await using session = await connect()
      return await readSnapshot(session)
    },
    [Symbol.asyncDispose]: async () => {
      try {
        await assertSecretKept(oddPassword, [reports], said)
      } finally {
        await engine.stop()
        await rm(folder, { recursive: true, force: true })
      }
    },
  }
}
