import { HarnessError } from '../errors/harness-error.ts'
import type { QueryPlan } from '../query-plan/plan.ts'
import { renderPlan, renderSideBySide } from '../query-plan/tree.ts'
import type { Comparison } from './pairs.ts'
import type { Times } from './percentiles.ts'
import type { Subject } from './subjects.ts'
import type { Tolerance } from './verdict.ts'
import type { Pair } from './without-indexes.ts'

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
  { ratio, difference, pairs }: Comparison,
  { as, without, uses }: Pair,
  tolerance: Tolerance,
): HarnessError =>
  new HarnessError('BENCHMARK_SLOWER', {
    what: `${id}: with the new indexes it takes ${times(ratio.estimate)} as long as without them (${times(ratio.low)} to ${times(ratio.high)}), ${ms(difference.estimate)} more, over ${pairs} pairs.`,
    why: `It may take ${tolerance.percent} % and ${tolerance.ms} ms more. It uses ${uses.join(', ')}${as.plan.fromBinding ? ', by a binding (SHOW GLOBAL BINDINGS)' : ''}:\n${renderSideBySide(
      { title: 'with the new indexes', plan: as.plan },
      { title: 'without them', plan: without.plan },
    )}`,
    next: 'ANALYZE the tables; if it stays, leave the index out (EXCEPT) or bind the query to the better plan.',
    fields: { id, ratio, difference },
  })
