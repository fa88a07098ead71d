import { accesses } from '../../core/query-plan/facts.ts'
import type { QueryPlan } from '../../core/query-plan/plan.ts'
import type { SampleBudget } from './measure.ts'

interface BenchmarkedRun {
  readonly target: { readonly token: string | null }
  readonly settings: { readonly BENCHMARK_SECONDS: number }
}

/** How much each of `count` statements may cost: a server that is not ours gets a few executions only. */
export const sampleBudgetOf = ({ target, settings }: BenchmarkedRun, count: number): SampleBudget => ({
  budgetMs: (settings.BENCHMARK_SECONDS * 1000) / Math.max(1, count),
  atLeast: 5,
  atMost: target.token === null ? 20 : 200,
})

/** Pairs: two executions each, and never so few that nothing could be proven. */
export const pairSampleBudget = (sampleBudget: SampleBudget): SampleBudget => ({
  ...sampleBudget,
  atLeast: 10,
  atMost: 100,
})

/** Why a statement is not run on a server of the user's own: it reads more than the budget. Undefined when it may. */
export const readsTooMuch = (plan: QueryPlan, samples: number, budgetRows: number): string | undefined => {
  const rows = Math.round(accesses(plan).reduce((sum, { estRows }) => sum + estRows, 0) * samples)
  if (rows <= budgetRows) return undefined
  return `${samples} executions would read about ${rows.toLocaleString('en')} rows, more than CHECK_BUDGET_ROWS=${budgetRows}; set that higher to run it`
}
