import { readRowEstimates } from '../migration/estimate.ts'
import type { ReadSession } from '../target/session.ts'

/** Why a check that reads these tables whole is left out: more rows than the budget. Undefined when it may run. */
export const budgetReason = async (
  session: ReadSession,
  tables: readonly string[],
  budgetRows: number,
): Promise<string | undefined> => {
  const rows = await readRowEstimates(session)
  const total = tables.reduce((sum, table) => sum + (rows.get(table.toLowerCase()) ?? 0), 0)
  if (total <= budgetRows) return undefined
  return `it would read about ${total.toLocaleString('en')} rows, more than CHECK_BUDGET_ROWS=${budgetRows}; set that higher to run it`
}
