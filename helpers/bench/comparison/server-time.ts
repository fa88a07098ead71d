import { z } from 'zod'
import type { ReadSession } from '../../core/server/session.ts'
import type { Step } from '../../migrate/step/step.ts'

/** When something was at work, in ms since 1970. */
export interface TimeSpan {
  readonly from: number
  readonly to: number
}

// A timestamp of TiDB is ms shifted by 18 bits. ADMIN SHOW DDL JOBS gives whole seconds, and a DDL takes a tenth of one.
const msColumn = (field: string) => `JSON_EXTRACT(CONVERT(job_meta USING utf8mb4), '$.${field}') DIV 262144`

/** When the DDL jobs that began since `since` (ms since 1970) were queued and finished. Needs rights on mysql.*. */
export const readJobSpans = (session: ReadSession, since: number): Promise<TimeSpan[]> =>
  session.rows(
    z.object({ from: z.coerce.number(), to: z.coerce.number() }),
    `SELECT * FROM (SELECT ${msColumn('start_ts')} AS \`from\`, ${msColumn('binlog.FinishedTS')} AS \`to\`
       FROM mysql.tidb_ddl_history) AS jobs WHERE \`from\` >= ?`,
    [Math.floor(since)],
  )

/** When steps of one kind ran, as the record has it. */
export const stepSpans = (steps: readonly Step[], kind: Step['kind']): TimeSpan[] =>
  steps.flatMap((step) => {
    if (step.kind !== kind || step.status !== 'done' || step.at === undefined) return []
    const to = Date.parse(step.at)
    return [{ from: to - (step.durationMs ?? 0), to }]
  })

/** ms in which at least one of the spans lasted: the critical path of work that the server did side by side. */
export const coveredMs = (spans: readonly TimeSpan[]): number => {
  let [covered, end] = [0, Number.NEGATIVE_INFINITY]
  for (const { from, to } of spans.toSorted((a, b) => a.from - b.from)) {
    covered += Math.max(0, to - Math.max(from, end))
    end = Math.max(end, to)
  }
  return covered
}
