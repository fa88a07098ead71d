import type { Settings } from '../core/config/settings.ts'

/** The settings that the specs see. Never all of them: DATABASE_URL holds a password. */
export const settingsOfRun = (settings: Settings) => ({
  MINIMUM_RELEASE: settings.MINIMUM_RELEASE,
  SCALE: settings.SCALE,
  SEED: settings.SEED,
  CONNECTIONS: settings.CONNECTIONS,
  LONG_TRANSACTION_SECONDS: settings.LONG_TRANSACTION_SECONDS,
  EXPECT: settings.EXPECT,
  CHECK_BUDGET_ROWS: settings.CHECK_BUDGET_ROWS,
  REPORTS_DIR: settings.REPORTS_DIR,
  REHEARSAL_PASS: settings.REHEARSAL_PASS,
  BACKUP_EVIDENCE: settings.BACKUP_EVIDENCE,
  PROBE: settings.PROBE,
  BENCHMARK_SECONDS: settings.BENCHMARK_SECONDS,
  BENCHMARK_LIMITS: settings.BENCHMARK_LIMITS,
  BENCHMARK_REDUCTIONS: settings.BENCHMARK_REDUCTIONS,
  BENCHMARK_SLOWER_PERCENT: settings.BENCHMARK_SLOWER_PERCENT,
  BENCHMARK_SLOWER_MS: settings.BENCHMARK_SLOWER_MS,
  BENCHMARK_WRITE_PERCENT: settings.BENCHMARK_WRITE_PERCENT,
  STATISTICS_HEALTH: settings.STATISTICS_HEALTH,
  TRAFFIC: settings.TRAFFIC,
  TRAFFIC_RATE: settings.TRAFFIC_RATE,
  APP_BASE_URL: settings.APP_BASE_URL,
  APP_ENDPOINTS: settings.APP_ENDPOINTS,
  APP_MAX_MS: settings.APP_MAX_MS,
  APP_LOG: settings.APP_LOG,
  APP_LOG_ERRORS: settings.APP_LOG_ERRORS,
  DDL_WORKERS: settings.DDL_WORKERS,
  DDL_BATCH_SIZE: settings.DDL_BATCH_SIZE,
  BACKUP_TOOL: settings.BACKUP_TOOL,
  DUMPLING_BIN: settings.DUMPLING_BIN,
  TIDB_SERVER_BIN: settings.TIDB_SERVER_BIN,
  TIDB_IMAGE: settings.TIDB_IMAGE,
  ENGINE_CACHE: settings.ENGINE_CACHE,
})

export type RunSettings = Pick<Settings, keyof ReturnType<typeof settingsOfRun>>
