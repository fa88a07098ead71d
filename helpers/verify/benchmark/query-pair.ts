import { addHints, hintIndexes, resolveScans } from '../../core/query-plan/aliases.ts'
import { withoutBindings } from '../../core/query-plan/binding.ts'
import { explain } from '../../core/query-plan/explain.ts'
import { usesIndex } from '../../core/query-plan/facts.ts'
import type { QueryPlan } from '../../core/query-plan/plan.ts'
import { type Index, qualifiedName } from '../../core/schema/model.ts'
import type { ReadSession } from '../../core/server/session.ts'
import type { BoundQuery } from '../queries/queries.ts'

/** A query as it is, and the same query as if some indexes were not there. */
export interface QueryPair {
  readonly withIndexes: { readonly bound: BoundQuery; readonly plan: QueryPlan }
  readonly withoutIndexes: { readonly bound: BoundQuery; readonly plan: QueryPlan }
  /** The indexes that the query uses as it is, by `table.name`. */
  readonly uses: readonly string[]
}

/** Which of these indexes a plan reads, by `table.name`. */
export const usedOf = (plan: QueryPlan, indexes: readonly Index[]): string[] =>
  indexes.filter(({ name, table }) => usesIndex(plan, name, table)).map(qualifiedName)

/**
 * The two sides of a query: with `indexes` and without them, each with the plan that the server has for it.
 *
 * The hint names the query block and the alias of every scan, so that it reaches tables in subqueries too; what
 * proves it is EXPLAIN: `withoutIndexes.plan` reads none of the indexes, or the answer is undefined (a point get through a
 * unique index cannot be hinted away).
 */
export const queryPairOf = async (
  session: ReadSession,
  bound: BoundQuery,
  indexes: readonly Index[],
): Promise<QueryPair | undefined> => {
  const plan = await explain(session, bound.sql, bound.values)
  const uses = usedOf(plan, indexes)
  const hints = hintIndexes('ignore_index', await resolveScans(session, bound.sql, bound.values), indexes)
  const hinted = { ...bound, sql: hints === '' ? bound.sql : addHints(bound.sql, hints) }
  const ask = () => explain(session, hinted.sql, hinted.values)
  // A binding throws the query's own hints away.
  const other = plan.fromBinding ? await withoutBindings(session, ask) : await ask()
  if (usedOf(other, indexes).length > 0) return undefined
  return { withIndexes: { bound, plan }, withoutIndexes: { bound: hinted, plan: other }, uses }
}
