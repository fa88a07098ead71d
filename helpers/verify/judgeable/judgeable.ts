import { z } from 'zod'
import { explain } from '../../core/query-plan/explain.ts'
import { hasPseudoStatistics } from '../../core/query-plan/statistics.ts'
import type { ReadSession } from '../../core/server/session.ts'
import { sameName } from '../../core/text/names.ts'
import { quoteName } from '../../core/text/quote.ts'
import { readHealth } from '../server-stats/statistics-health.ts'

/** From where on the choices of the planner count. */
export interface JudgeableFrom {
  /** Rows of a table (JUDGE_ROWS). */
  readonly rows: number
  /** Percent of SHOW STATS_HEALTHY (STATISTICS_HEALTH). */
  readonly health: number
}

/** Why a table of so few rows is not judged; undefined where it has enough. */
export const reasonOfFewRows = (table: string, rows: number, judgedFrom: number): string | undefined =>
  rows < judgedFrom ? `${table} has ${rows} rows, fewer than JUDGE_ROWS=${judgedFrom}` : undefined

/** The rows of a table, counted to `limit` at most, so that no table is too large to be asked. */
const countRowsTo = async (session: ReadSession, table: string, limit: number): Promise<number> => {
  const { rows } = await session.row(
    z.object({ rows: z.number() }),
    `SELECT COUNT(*) AS \`rows\` FROM (SELECT 1 FROM ${quoteName(table)} LIMIT ${limit}) AS counted`,
  )
  return rows
}

/**
 * Why the planner's choice for this table says nothing on a target of the user's own: too few rows for an index to
 * matter, or statistics that are missing or old. Undefined where it can be judged. What does not depend on it, such as
 * whether an index can serve a query at all, holds on any target.
 */
export const reasonNotJudgeable = async (
  session: ReadSession,
  table: string,
  from: JudgeableFrom,
): Promise<string | undefined> => {
  const rows = await countRowsTo(session, table, from.rows)
  const tooFew = reasonOfFewRows(table, rows, from.rows)
  if (tooFew !== undefined) return tooFew
  // A table that was never analyzed is 100 % healthy to the server until enough of it has changed.
  if (hasPseudoStatistics(await explain(session, `SELECT * FROM ${quoteName(table)}`)))
    return `${table} has no statistics`
  const health = await readHealth(session)
  if ('reason' in health) return undefined
  const found = health.found.find((item) => sameName(item.table, table))
  return found !== undefined && found.percent < from.health
    ? `the statistics of ${table} are ${found.percent} % healthy, less than STATISTICS_HEALTH=${from.health}`
    : undefined
}
