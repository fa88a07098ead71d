import { type QueryPlan, shapeOf } from '../../core/query-plan/plan.ts'
import type { ReadSession } from '../../core/server/session.ts'
import type { BoundQuery } from '../queries/queries.ts'
import { bestOf, type Effort, measure } from './measure.ts'
import type { Times } from './percentiles.ts'
import type { BeforeRecord } from './record.ts'
import { isSlowerThanBefore, type Tolerance } from './verdict.ts'

interface Now {
  readonly bound: BoundQuery
  /** The plan of `bound` as it stands. */
  readonly plan: QueryPlan
  readonly after: Times
  readonly effort: Effort
  readonly tolerance: Tolerance
}

/**
 * For a query without pairs: the plan and the times of now, when the server took another plan since the migration began
 * and the query got slower by it. Undefined when it did not. By the same plan the same work is done, and what differs
 * is the machine.
 */
export const turnedSlower = async (
  session: ReadSession,
  before: BeforeRecord,
  { bound, plan, after, effort, tolerance }: Now,
): Promise<{ readonly plan: QueryPlan; readonly times: Times } | undefined> => {
  if (shapeOf(plan) === before.planShape) return undefined
  const isTooSlow = (times: Times) => isSlowerThanBefore(before.times, times, tolerance)
  const times = await bestOf('p50', isTooSlow, after, () => measure(session, bound, effort))
  return isTooSlow(times) ? { plan, times } : undefined
}
