import { z } from 'zod'
import type { ReadSession } from '../target/session.ts'
import type { Step } from './apply/step.ts'

// Measured on 2 cores with the embedded engine at 4 tables side by side; a server with more is faster. A step
// costs its round through the DDL owner however small the table is.
const indexRowsPerSecond = 40_000
const checkRowsPerSecond = 400_000
const analyzeRowsPerSecond = 200_000
const roundMs = 300

/** Rows of each table as the server's statistics have them, by the table's name in lower case. Exact counts would read it all. */
export const readRowEstimates = async (session: ReadSession): Promise<Map<string, number>> => {
  const rows = await session.rows(
    z.object({ name: z.string(), rows: z.coerce.number().nullable() }),
    `SELECT TABLE_NAME AS name, TABLE_ROWS AS \`rows\` FROM information_schema.tables
      WHERE LOWER(TABLE_SCHEMA) = LOWER(DATABASE())`,
  )
  return new Map(rows.map(({ name, rows: count }) => [name.toLowerCase(), count ?? 0]))
}

/** The step with a guess of its time in ms, from the rows of its table. Rough: within a few times of the truth. */
export const withEstimate = (step: Step, rows: ReadonlyMap<string, number>): Step => {
  const count = rows.get(step.table.toLowerCase()) ?? 0
  const rate = { index: indexRowsPerSecond, constraint: checkRowsPerSecond, analyze: analyzeRowsPerSecond }
  const perSecond = step.kind in rate ? rate[step.kind as keyof typeof rate] : undefined
  return {
    ...step,
    estimateMs: roundMs + (perSecond === undefined ? 0 : Math.round((count / perSecond) * 1000)),
  }
}
