import { globSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { isInconsistency } from '../../helpers/core/errors/server-error.ts'
import { readRowHashes } from '../../helpers/core/rows/row-hash.ts'
import { readSnapshot } from '../../helpers/core/schema/read-snapshot.ts'
import { findEngineBinary } from '../../helpers/core/server/embedded/binary.ts'
import { type Engine, startEngine } from '../../helpers/core/server/embedded/engine.ts'
import { openReadSession } from '../../helpers/core/server/session.ts'
import { quoteName } from '../../helpers/core/text/quote.ts'
import { readMigration } from '../../helpers/migrate/folder/migration.ts'
import { prepareDatabase } from '../../helpers/run/prepare/prepare.ts'
import { runSuite, type SuiteOutcome } from '../../helpers/run/suite-process.ts'
import { drillDatabase, engineSettings } from './fixture.ts'
import { writeTestPass } from './pass.ts'

/** A server of one's own with production's schema and small data, which keeps its data when it is killed. */
export interface KillFixture extends AsyncDisposable {
  run(mode: 'apply' | 'rollback', killWhen?: () => boolean): Promise<SuiteOutcome>
  /** Schema, and a hash of every row. */
  state(): Promise<unknown>
  /** How many steps were sent since the last rollback; one that was sent twice counts once. */
  stepsSent(): number
  killServer(): void
  /** Whether the server answers. */
  isUp(): Promise<boolean>
  startServerAgain(): Promise<void>
  /** Tables, the server's own among them, whose rows and indexes do not fit each other any more, and torn statistics. */
  damaged(): Promise<string[]>
}

const checkedSchemas = `SELECT TABLE_SCHEMA AS \`schema\`, TABLE_NAME AS \`table\` FROM information_schema.tables
  WHERE TABLE_TYPE = 'BASE TABLE' AND LOWER(TABLE_SCHEMA) IN ('mysql', LOWER(DATABASE()))`

// Where no row has changed since ANALYZE, the buckets, the top values and the NULLs of a histogram are all rows.
const tornStatistics = `SELECT DISTINCT CONCAT('statistics of ', t.TABLE_NAME) AS name
  FROM mysql.stats_histograms h JOIN mysql.stats_meta m USING (table_id)
  JOIN information_schema.tables t ON t.TIDB_TABLE_ID = h.table_id
  WHERE LOWER(t.TABLE_SCHEMA) = LOWER(DATABASE()) AND h.stats_ver = 2 AND m.modify_count = 0
    AND m.count <> h.null_count
      + IFNULL((SELECT SUM(b.count) FROM mysql.stats_buckets b
                 WHERE b.table_id = h.table_id AND b.is_index = h.is_index AND b.hist_id = h.hist_id), 0)
      + IFNULL((SELECT SUM(v.count) FROM mysql.stats_top_n v
                 WHERE v.table_id = h.table_id AND v.is_index = h.is_index AND v.hist_id = h.hist_id), 0)`

// By text: a killed run may have left a torn line.
const distinctStepsIn = (ledger: string): number =>
  new Set(
    ledger
      .split('\n')
      .filter((line) => line.includes('"running"'))
      .map((line) => /"id":"([^"]*)"/.exec(line)?.[1]),
  ).size

export const startKillFixture = async (): Promise<KillFixture> => {
  const folder = await mkdtemp(join(tmpdir(), 'drill-kill-'))
  const reports = join(folder, 'reports')
  const found = await findEngineBinary(engineSettings, () => {})
  if (found === undefined) throw new Error('no engine')
  const start = (more: { token?: string } = {}) =>
    startEngine({ binary: found.path, dataDir: join(folder, 'server'), keepData: true, ...more })
  let engine: Engine = await start()
  await prepareDatabase(engine, readMigration('v3'), {
    SEED: 20_260_120,
    SCALE: 'small',
    CONNECTIONS: 4,
    TRAFFIC: 'off',
    say: () => {},
  })
  await writeTestPass(reports)
  const open = () => openReadSession({ ...engine.address, database: drillDatabase })
  return {
    run: (mode, killWhen) =>
      runSuite(
        [],
        {
          TARGET: 'prod',
          MODE: mode,
          DATABASE_URL: `mysql://root:@127.0.0.1:${engine.address.port}/${drillDatabase}`,
          ALLOW_PLAINTEXT: '1',
          MINIMUM_RELEASE: '7.5.0',
          CONFIRM: drillDatabase,
          BACKUP_EVIDENCE: 'drill',
          REPORTS_DIR: reports,
        },
        killWhen === undefined ? {} : { killWhen },
      ),
    state: async () => {
      await using session = await open()
      const schema = await readSnapshot(session)
      return { schema, rows: await readRowHashes(session, schema.tables) }
    },
    stepsSent: () =>
      globSync(`reports/applied/${drillDatabase}-v3-*/steps.jsonl`, { cwd: folder })
        .filter((file) => !file.includes('rolled-back'))
        .map((file) => distinctStepsIn(readFileSync(join(folder, file), 'utf8')))
        .at(0) ?? 0,
    killServer: () => process.kill(engine.pid, 'SIGKILL'),
    isUp: () =>
      open().then(
        async (session) => {
          await session[Symbol.asyncDispose]()
          return true
        },
        () => false,
      ),
    startServerAgain: async () => {
      const { token } = engine
      await engine.stop()
      engine = await start({ token })
    },
    damaged: async () => {
      await using session = await open()
      const damaged: string[] = []
      const tables = z.object({ schema: z.string(), table: z.string() })
      for (const { schema, table } of await session.rows(tables, checkedSchemas)) {
        const sql = `ADMIN CHECK TABLE ${quoteName(schema)}.${quoteName(table)}`
        await session.rows(z.unknown(), sql).catch((error: unknown) => {
          if (!isInconsistency(error)) throw error
          damaged.push(`${schema}.${table}`)
        })
      }
      const torn = await session.rows(z.object({ name: z.string() }), tornStatistics)
      return [...damaged, ...torn.map(({ name }) => name)]
    },
    [Symbol.asyncDispose]: async () => {
      await engine.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
