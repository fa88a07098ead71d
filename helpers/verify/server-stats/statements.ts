import { z } from 'zod'
import type { ReadSession } from '../../core/server/session.ts'
import { type Available, askOfAll } from './available.ts'
import { countedStatements } from './counted-statements.ts'

export const statementShape = z.object({
  /** The statement's digest and its query plan's: a new plan is a line of its own. */
  key: z.string(),
  /** When the window began in which it was counted, in the server's time: each has a line of its own. */
  window: z.string(),
  /** With ? for every value, so no row's content is in it. */
  text: z.string(),
  executions: z.number(),
  totalMs: z.number(),
  maxMs: z.number(),
  /** `table.index`, for every index that its plan reads. */
  indexes: z.array(z.string()),
})
export type SeenStatement = z.infer<typeof statementShape>

/** What the statements summary holds of the session's database. */
export const statementsShape = z.array(statementShape)

const row = z.object({
  digest: z.string(),
  planDigest: z.string().nullable(),
  text: z.string().nullable(),
  window: z.string(),
  executions: z.coerce.number(),
  totalMs: z.coerce.number(),
  maxMs: z.coerce.number(),
  indexes: z.string().nullable(),
})

const onRow = z.object({ on: z.coerce.number() })

// Its times are in nanoseconds. Of the windows before the present one, those that a run of an hour may have begun in.
const query = countedStatements(
  `DIGEST AS digest, PLAN_DIGEST AS planDigest, LEFT(DIGEST_TEXT, 400) AS text, SUMMARY_BEGIN_TIME AS \`window\`,
    EXEC_COUNT AS executions, SUM_LATENCY / 1000000 AS totalMs, MAX_LATENCY / 1000000 AS maxMs, INDEX_NAMES AS indexes`,
  `STMT_TYPE IN ('Select', 'Insert', 'Update', 'Delete', 'Replace') AND SUMMARY_END_TIME > NOW() - INTERVAL 1 HOUR`,
)

const toStatement = ({ digest, planDigest, text, indexes, ...rest }: z.infer<typeof row>): SeenStatement => ({
  key: `${digest.slice(0, 12)}-${(planDigest ?? '').slice(0, 12)}`,
  window: rest.window,
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
export const readSeenStatements = async (session: ReadSession): Promise<Available<SeenStatement[]>> => {
  const seen = await askOfAll(session, 'STATEMENTS_SUMMARY', async () => {
    const { on } = await session.row(onRow, 'SELECT @@GLOBAL.tidb_enable_stmt_summary AS `on`')
    const rows = await session.rows(row, query)
    return { on, statements: rows.map(toStatement) }
  })
  if ('reason' in seen) return seen
  const { on, statements } = seen.found
  return on === 1 ? { found: statements } : { reason: 'could not check, tidb_enable_stmt_summary is OFF' }
}

const lineOf = ({ key, window }: SeenStatement) => `${key} ${window}`

/** What came on top of an earlier reading. */
export const sinceThen = (
  now: readonly SeenStatement[],
  before: readonly SeenStatement[],
): SeenStatement[] => {
  const earlier = new Map(before.map((statement) => [lineOf(statement), statement]))
  return now.flatMap((statement) => {
    const was = earlier.get(lineOf(statement))
    const executions = statement.executions - (was?.executions ?? 0)
    return executions > 0
      ? [{ ...statement, executions, totalMs: statement.totalMs - (was?.totalMs ?? 0) }]
      : []
  })
}

const shownStatements = 5
/** What the suite runs once or twice, such as the hash of a table, is not what an application waits for. */
const leastExecutions = 5

const overAllWindows = (statements: readonly SeenStatement[]): SeenStatement[] =>
  [...Map.groupBy(statements, ({ key }) => key).values()].flatMap((windows) => {
    const [first] = windows
    if (first === undefined) return []
    const sum = (figure: (one: SeenStatement) => number) => windows.reduce((all, one) => all + figure(one), 0)
    return [
      {
        ...first,
        executions: sum(({ executions }) => executions),
        totalMs: sum(({ totalMs }) => totalMs),
        maxMs: Math.max(...windows.map(({ maxMs }) => maxMs)),
      },
    ]
  })

/** The statements that took most of the server's time, of those that ran more than a few times. */
export const topByTime = (statements: readonly SeenStatement[]) =>
  overAllWindows(statements)
    .filter(({ executions }) => executions >= leastExecutions)
    .toSorted((a, b) => b.totalMs - a.totalMs)
    .slice(0, shownStatements)
    .map(({ text, executions, totalMs, maxMs, indexes }) => ({
      text,
      executions,
      totalMs: Math.round(totalMs),
      averageMs: Math.round((totalMs / executions) * 100) / 100,
      maxMs: Math.round(maxMs * 100) / 100,
      indexes,
    }))
