import { explain } from '../../core/query-plan/explain.ts'
import { operatorsOf } from '../../core/query-plan/plan.ts'
import { readRowEstimates } from '../../core/rows/row-estimates.ts'
import type { ReadSession } from '../../core/server/session.ts'

const tooMuch = (rows: number, budgetRows: number): string | undefined =>
  rows <= budgetRows
    ? undefined
    : `it would read about ${Math.round(rows).toLocaleString('en')} rows, more than CHECK_BUDGET_ROWS=${budgetRows}; set that higher to run it`

/** Why a check that asks this query is left out: its plan reads more rows than the budget. Undefined when it may run. */
export const queryBudgetReason = async (
  session: ReadSession,
  sql: string,
  budgetRows: number,
): Promise<string | undefined> => {
  const read = operatorsOf(await explain(session, sql))
    .filter(({ operator }) => operator.children.length === 0)
    .reduce((sum, { operator }) => sum + operator.estRows, 0)
  return tooMuch(read, budgetRows)
}

/** Why a check that reads these tables whole is left out: more rows than the budget. Undefined when it may run. */
export const budgetReason = async (
  session: ReadSession,
  tables: readonly string[],
  budgetRows: number,
): Promise<string | undefined> => {
  const rows = await readRowEstimates(session)
  const total = tables.reduce((sum, table) => sum + (rows.get(table.toLowerCase()) ?? 0), 0)
  return tooMuch(total, budgetRows)
}
