import { z } from 'zod'
import { pollUntil } from '../async/poll-until.ts'
import { HarnessError, messageOf } from '../errors/harness-error.ts'
import type { ReadSession, SqlParams } from '../server/session.ts'
import { tablesByAlias } from './aliases.ts'
import { usedBinding } from './binding.ts'
import { textsOf } from './hidden-values.ts'
import { parsePlan } from './parse.ts'
import type { QueryPlan } from './plan.ts'
import { areStatisticsLoading, statisticsGaps } from './statistics.ts'
import { namesWithoutStatistics } from './without-statistics.ts'

const planRow = z.object({ TiDB_JSON: z.string() })

/** One statistics lease is 3 s; the rest is for the loading itself. */
const loadingPatienceMs = 5_000
const loadingPauseMs = 250

const explainOnce = async (
  session: ReadSession,
  sql: string,
  params: SqlParams | undefined,
  tables: ReadonlyMap<string, string>,
): Promise<QueryPlan> => {
  const { TiDB_JSON } = await session.row(planRow, `EXPLAIN FORMAT='tidb_json' ${sql}`, params)
  const fromBinding = await usedBinding(session)
  return { sql, roots: parsePlan(TiDB_JSON, tables), fromBinding, texts: textsOf(params) }
}

/** An error of the server, or a row of another shape, as one that names the query. */
const refusal = (sql: string, cause: unknown): HarnessError => {
  if (cause instanceof HarnessError) return cause
  return cause instanceof z.ZodError
    ? new HarnessError('QUERY_PLAN_SHAPE', {
        what: `EXPLAIN answered with rows that this suite does not know, for: ${sql}`,
        why: z.prettifyError(cause),
        next: 'Point the suite at TiDB 7.5 or later; check with SELECT VERSION().',
        cause,
        fields: { sql },
      })
    : new HarnessError('QUERY_PLAN_REFUSED', {
        what: `The server would not explain: ${sql}`,
        why: messageOf(cause),
        next: 'Run EXPLAIN with this query in a client, and fix the query, the schema or the privileges.',
        cause,
        fields: { sql },
      })
}

/**
 * The plan that the server would use for a query now. Runs EXPLAIN only, never EXPLAIN ANALYZE; note that
 * TiDB executes uncorrelated scalar subqueries while it explains.
 *
 * The first EXPLAIN makes the server load the statistics and says which table each alias is; a later one
 * is the answer, once nothing is loading any more (5 s at most, then the plan as it is). A cached plan
 * never answers a plain EXPLAIN; a binding does, and `fromBinding` tells.
 *
 * Throws QUERY_PLAN_REFUSED with the server's error, QUERY_PLAN_SHAPE on an answer it cannot read.
 */
export const explain = async (session: ReadSession, sql: string, params?: SqlParams): Promise<QueryPlan> => {
  try {
    const tables = await tablesByAlias(session, sql, params)
    const asItIs = async (): Promise<QueryPlan> => {
      const plan = await explainOnce(session, sql, params, tables)
      if (statisticsGaps(plan).length === 0) return plan
      return { ...plan, withoutStatistics: await namesWithoutStatistics(session) }
    }
    const loaded = async () => {
      const plan = await asItIs()
      return areStatisticsLoading(plan) ? undefined : plan
    }
    const poll = { everyMs: loadingPauseMs, limitMs: loadingPatienceMs }
    return (await pollUntil(loaded, poll)) ?? (await asItIs())
  } catch (cause) {
    throw refusal(sql, cause)
  }
}
