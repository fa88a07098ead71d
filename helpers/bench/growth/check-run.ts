import { join } from 'node:path'
import { HarnessError } from '../../core/errors/harness-error.ts'
import type { ServerAddress } from '../../core/server/session.ts'
import { parseRelease } from '../../core/server/version.ts'
import { runSuite } from '../../run/suite-process.ts'

const noLimit = '1000000000000'
const longestStatementSeconds = '3600'

/**
 * Runs MODE=check as a user would, as a process of its own, against a server that it takes for one of the user's.
 * Every check runs, however many rows it reads. Returns its time in ms. Throws CHECK_FAILED unless it is green.
 */
export const timeCheck = async (
  address: ServerAddress,
  server: string,
  migration: string,
  reportsDir: string,
): Promise<number> => {
  const { host, port, user, database } = address
  const { major, minor, patch } = parseRelease(server) ?? { major: 0, minor: 0, patch: 0 }
  const started = performance.now()
  const outcome = await runSuite([], {
    TARGET: 'growth',
    MODE: 'check',
    EXPECT: 'before',
    MIGRATION: migration,
    DATABASE_URL: `mysql://${user}:@${host}:${port}/${database}`,
    ALLOW_PLAINTEXT: '1',
    MINIMUM_RELEASE: `${major}.${minor}.${patch}`,
    CHECK_BUDGET_ROWS: noLimit,
    STATEMENT_SECONDS: longestStatementSeconds,
    REPORTS_DIR: join(reportsDir, 'check'),
  })
  const ms = Math.round(performance.now() - started)
  if (outcome.exitCode === 0) return ms
  throw new HarnessError('CHECK_FAILED', {
    what: `MODE=check is not green: ${outcome.red.join(', ')}\n${outcome.tail}`,
    next: `See ${join(reportsDir, 'check', 'latest')}, fix it, and run bench:scale again; it goes on from here.`,
  })
}
