import { withoutBindings } from '../../core/query-plan/binding.ts'
import { planShapeOf } from '../../core/query-plan/plan.ts'
import type { Index } from '../../core/schema/model.ts'
import type { ReadSession } from '../../core/server/session.ts'
import type { Random } from '../../migrate/data/random.ts'
import type { BoundQuery } from '../queries/queries.ts'
import { runOnce, type SampleBudget, samplesFor } from './measure.ts'
import { comparePairs, type PairComparison, timePairs } from './pairs.ts'
import { type QueryPair, queryPairOf } from './query-pair.ts'
import { retried } from './retried.ts'
import { changeOf, type Tolerance } from './verdict.ts'

/** Why a query was not run in pairs, or what the pairs say. */
export type ComparedQuery =
  | { readonly pair: QueryPair; readonly comparison: PairComparison }
  | { readonly pair: QueryPair; readonly comparison?: undefined }
  | { readonly pair?: undefined; readonly comparison?: undefined; readonly reason?: string }

interface QueryComparisonOptions {
  readonly sampleBudget: SampleBudget
  readonly tolerance: Tolerance
  readonly random: Random
  /** The shape of the plan before the migration; undefined where it is not known. */
  readonly shapeBefore: string | undefined
}

// IGNORE INDEX takes the indexes away, but the statistics of today can lead to a plan that nobody had before: seen with
// application-orders, 9.2 ms before, 4.4 ms after, and 99 % saved against a plan of 400 ms.
const otherPlan =
  'without the new indexes the planner takes another plan than before the migration, so pairs would say nothing of it'

/**
 * Runs a query as it is and without these indexes, interleaved.
 *
 * No pairs where its plan uses none of the indexes: both sides would have one plan, and what differed would be
 * noise. No pair at all where the indexes cannot be hinted away, or where the plan without them is not the one of before. Pairs that say slower are run again, twice at most:
 * a query that is slower by itself is so every time, and a busy machine makes a look-up slower than a scan for a while.
 */
export const compareQuery = async (
  session: ReadSession,
  bound: BoundQuery,
  indexes: readonly Index[],
  { sampleBudget, tolerance, random, shapeBefore }: QueryComparisonOptions,
): Promise<ComparedQuery> => {
  const pair = await queryPairOf(session, bound, indexes)
  if (pair === undefined) return {}
  if (pair.uses.length === 0) return { pair }
  if (shapeBefore !== undefined && planShapeOf(pair.withoutIndexes.plan) !== shapeBefore)
    return { reason: otherPlan }
  const withIndexes = () => runOnce(session, pair.withIndexes.bound)
  const unhinted = () => runOnce(session, pair.withoutIndexes.bound)
  const withoutIndexes = pair.withIndexes.plan.fromBinding
    ? () => withoutBindings(session, unhinted)
    : unhinted
  await withIndexes()
  await withoutIndexes()
  const onceMs = (await withIndexes()) + (await withoutIndexes())
  const time = async () =>
    comparePairs(await timePairs({ withIndexes, withoutIndexes }, samplesFor(onceMs, sampleBudget), random))
  const isSlower = (comparison: PairComparison) => changeOf(comparison, tolerance) === 'slower'
  return { pair, comparison: await retried(await time(), isSlower, time) }
}
