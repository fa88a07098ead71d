import { z } from 'zod'
import type { ReadSession } from '../target/session.ts'
import { type Available, askOfAll } from './available.ts'

export const statementShape = z.object({
  /** The statement's digest and its query plan's: a new plan is a line of its own. */
  key: z.string(),
  /** With ? for every value, so no row's content is in it. */
  text: z.string(),
  executions: z.number(),
  totalMs: z.number(),
  maxMs: z.number(),
  /** `table.index`, for every index that its plan reads. */
  indexes: z.array(z.string()),
})
export type Statement = z.infer<typeof statementShape>

export const statementsShape = z.object({
  /** Since when the server has counted, in its own time. */
  since: z.string(),
  statements: z.array(statementShape),
})
/** What the statements summary holds of the session's database. */
export type Statements = z.infer<typeof statementsShape>

const row = z.object({
  digest: z.string(),
  planDigest: z.string().nullable(),
  text: z.string().nullable(),
  since: z.string(),
  executions: z.coerce.number(),
  totalMs: z.coerce.number(),
  maxMs: z.coerce.number(),
  indexes: z.string().nullable(),
})

const onRow = z.object({ on: z.coerce.number() })

// The table keeps one window, of half an hour by default; its times are in nanoseconds.
const query = `SELECT DIGEST AS digest, PLAN_DIGEST AS planDigest, LEFT(DIGEST_TEXT, 400) AS text,
    SUMMARY_BEGIN_TIME AS since, EXEC_COUNT AS executions, SUM_LATENCY / 1000000 AS totalMs,
    MAX_LATENCY / 1000000 AS maxMs, INDEX_NAMES AS indexes
  FROM information_schema.statements_summary
  WHERE LOWER(SCHEMA_NAME) = LOWER(DATABASE()) AND STMT_TYPE IN ('Select', 'Insert', 'Update', 'Delete', 'Replace')`

const toStatement = ({ digest, planDigest, text, indexes, ...rest }: z.infer<typeof row>): Statement => ({
  key: `${digest.slice(0, 12)}-${(planDigest ?? '').slice(0, 12)}`,
  text: text ?? '(dropped from the summary)',
  executions: rest.executions,
  totalMs: rest.totalMs,
  maxMs: rest.maxMs,
  indexes: (indexes ?? '')
    .split(',')
    .filter(Boolean)
    .map((name) => name.replace(':', '.')),
})

/** Reads the statements summary of this node; the reason where there is none, or where it is off. */
export const readSeenStatements = async (session: ReadSession): Promise<Available<Statements>> => {
  const seen = await askOfAll(session, 'STATEMENTS_SUMMARY', async () => {
    const { on } = await session.row(onRow, 'SELECT @@GLOBAL.tidb_enable_stmt_summary AS `on`')
    const rows = await session.rows(row, query)
    return { on, since: rows[0]?.since ?? '', statements: rows.map(toStatement) }
  })
  if ('reason' in seen) return seen
  const { on, ...found } = seen.found
  return on === 1 ? { found } : { reason: 'could not check, tidb_enable_stmt_summary is OFF' }
}

/** What came on top of an earlier reading; the whole of it when the server has begun a new window since. */
export const sinceThen = (now: Statements, before: Statements): Statement[] => {
  if (now.since !== before.since) return [...now.statements]
  const earlier = new Map(before.statements.map((statement) => [statement.key, statement]))
  return now.statements.flatMap((statement) => {
    const was = earlier.get(statement.key)
    const executions = statement.executions - (was?.executions ?? 0)
    return executions > 0
      ? [{ ...statement, executions, totalMs: statement.totalMs - (was?.totalMs ?? 0) }]
      : []
  })
}

const shown = 5
/** What the suite runs once or twice, such as the hash of a table, is not what an application waits for. */
const leastExecutions = 5

/** The statements that took most of the server's time, of those that ran more than a few times. */
export const topByTime = (statements: readonly Statement[]) =>
  statements
    .filter(({ executions }) => executions >= leastExecutions)
    .toSorted((a, b) => b.totalMs - a.totalMs)
    .slice(0, shown)
    .map(({ text, executions, totalMs, maxMs, indexes }) => ({
      text,
      executions,
      totalMs: Math.round(totalMs),
      averageMs: Math.round((totalMs / executions) * 100) / 100,
      maxMs: Math.round(maxMs * 100) / 100,
      indexes,
    }))
