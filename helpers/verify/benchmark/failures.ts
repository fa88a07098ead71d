import { HarnessError } from '../../core/errors/harness-error.ts'
import type { QueryPlan } from '../../core/query-plan/plan.ts'
import { compactPlan, renderPlan, renderSideBySide } from '../../core/query-plan/tree.ts'
import type { PairComparison } from './pairs.ts'
import type { Times } from './percentiles.ts'
import type { QueryPair } from './query-pair.ts'
import type { BeforeRecord, BenchmarkRecord } from './record.ts'
import type { Subject } from './subjects.ts'
import { describeReduction, type Tolerance } from './verdict.ts'

const ms = (value: number) => `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`
const times = (ratio: number) => `${ratio.toFixed(2)} times`

/** BENCHMARK_OVER_LIMIT: p95 is above the statement's limit. */
export const overLimit = (
  { id, limitMs = 0 }: Subject,
  after: Times,
  roundTrip: Times,
  plan: QueryPlan,
): HarnessError =>
  new HarnessError('BENCHMARK_OVER_LIMIT', {
    what: `${id}: p95 is ${ms(after.p95)} over ${after.samples} executions (p50 ${ms(after.p50)}), the best of three tries; the limit is ${ms(limitMs)}.`,
    why: `The way to the server and back takes ${ms(roundTrip.p50)} of that. Its plan:\n${renderPlan(plan)}`,
    next: `See whether its index is there and used (06, 07). If the limit is not yours: BENCHMARK_LIMITS=${id}=${Math.ceil(after.p95 * 1.5)}`,
    fields: { id, p95: after.p95, limitMs },
  })

/** Why a limit that is exceeded is not judged: without the way to the server it would be kept. Undefined when it is. */
export const tooFarAway = ({ limitMs = 0 }: Subject, after: Times, roundTrip: Times): string | undefined =>
  after.p95 - roundTrip.p50 >= limitMs
    ? undefined
    : `could not check: p95 is ${ms(after.p95)}, but the way to the server and back alone takes ${ms(roundTrip.p50)}; the limit is ${ms(limitMs)}`

/** BENCHMARK_SLOWER: the new indexes made a query slower, with both query plans. */
export const slower = (
  { id }: Subject,
  { ratio, difference, pairs }: PairComparison,
  { withIndexes, withoutIndexes, uses }: QueryPair,
  tolerance: Tolerance,
): HarnessError =>
  new HarnessError('BENCHMARK_SLOWER', {
    what: `${id}: with the new indexes it takes ${times(ratio.estimate)} as long as without them (${times(ratio.low)} to ${times(ratio.high)}), ${ms(difference.estimate)} more, over ${pairs} pairs.`,
    why: `It may take ${tolerance.percent} % and ${tolerance.ms} ms more. It uses ${uses.join(', ')}${withIndexes.plan.fromBinding ? ', by a binding (SHOW GLOBAL BINDINGS)' : ''}:\n${renderSideBySide(
      { title: 'with the new indexes', plan: compactPlan(withIndexes.plan) },
      { title: 'without them', plan: compactPlan(withoutIndexes.plan) },
    )}`,
    next: 'ANALYZE the tables; if it stays, leave the index out (EXCEPT) or bind the query to the better plan.',
    fields: { id, ratio, difference },
  })

/** BENCHMARK_SLOWER: the server took another query plan since, and it is the slower one. Both plans are shown. */
export const slowerThanBefore = (
  { id }: Subject,
  before: BeforeRecord,
  after: Times,
  plan: QueryPlan,
  tolerance: Tolerance,
): HarnessError =>
  new HarnessError('BENCHMARK_SLOWER', {
    what: `${id}: p50 was ${ms(before.times.p50)} before the migration and is ${ms(after.p50)}, the best of three tries, by another query plan than before.`,
    why: `It may take ${tolerance.percent} % and ${tolerance.ms} ms more${plan.fromBinding ? '. A binding chose the plan of now (SHOW GLOBAL BINDINGS)' : ''}:\n${renderSideBySide(
      { title: 'now', plan: compactPlan(plan) },
      { title: 'before the migration', plan: before.plan },
    )}`,
    next: 'ANALYZE the tables; if it stays, leave the index out (EXCEPT) or bind the query to the better plan.',
    fields: { id, before: before.times.p50, after: after.p50 },
  })

/** BENCHMARK_REDUCTION_MISSED: BENCHMARK_REDUCTIONS asked for more than was measured. */
export const reductionMissed = (
  { id, leastReduction = 0 }: Subject,
  { reduction, change }: Pick<BenchmarkRecord, 'reduction' | 'change'>,
): HarnessError =>
  new HarnessError('BENCHMARK_REDUCTION_MISSED', {
    what: `${id}: the migration was to shorten it by ${leastReduction} % at least, and ${
      reduction === undefined
        ? `was not seen to: ${change}`
        : `shortens it by ${describeReduction(reduction)}`
    }.`,
    why: 'The lower end of the interval counts.',
    next: `See its query plan (07). If the figure is not yours: BENCHMARK_REDUCTIONS=${id}=${Math.max(0, Math.floor(reduction?.low ?? 0))}`,
    fields: { id, leastReduction },
  })
