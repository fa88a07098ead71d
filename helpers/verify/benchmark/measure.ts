import { Bench } from 'tinybench'
import { z } from 'zod'
import { HarnessError, messageOf } from '../../core/errors/harness-error.ts'
import type { ReadSession } from '../../core/server/session.ts'
import type { BoundQuery } from '../queries/queries.ts'
import { sampleTimesOf, type Times } from './percentiles.ts'
import { retried } from './retried.ts'

/** How much may be asked of the server for one statement. */
export interface SampleBudget {
  /** ms for all executions together; the least number of samples is taken even so. */
  readonly budgetMs: number
  readonly atLeast: number
  readonly atMost: number
}

/** What a statement that runs in `onceMs` can be sampled in the budget. */
export const samplesFor = (onceMs: number, { budgetMs, atLeast, atMost }: SampleBudget): number =>
  Math.max(atLeast, Math.min(atMost, Math.floor(budgetMs / Math.max(onceMs, 0.01))))

/** Runs a statement once and throws its rows away. Returns the ms it took. */
export const runOnce = async (session: ReadSession, { sql, values }: BoundQuery): Promise<number> => {
  const started = performance.now()
  await session.rows(z.unknown(), sql, values)
  return performance.now() - started
}

const warmUps = 3

/**
 * Times a statement on this connection: as many executions as fit the budget, after some that only warm up.
 *
 * The times are those of a client: they hold the way there and back.
 * Throws BENCHMARK_BROKEN when the statement fails, with the server's error as its cause.
 */
export const measure = async (
  session: ReadSession,
  bound: BoundQuery,
  sampleBudget: SampleBudget,
): Promise<Times> => {
  try {
    let onceMs = Number.POSITIVE_INFINITY
    for (let n = 0; n < warmUps; n++) {
      onceMs = Math.min(onceMs, await runOnce(session, bound))
      if (onceMs * sampleBudget.atLeast > sampleBudget.budgetMs) break
    }
    // tinybench goes on until both the time and the number are met, so only the number is set.
    const iterations = samplesFor(onceMs, sampleBudget)
    const bench = new Bench({ time: 0, iterations, warmup: false, retainSamples: true })
    bench.add(bound.sql, () => session.rows(z.unknown(), bound.sql, bound.values))
    const [task] = await bench.run()
    // A task that fails is no error to tinybench.
    if (task?.result.state === 'errored') throw task.result.error
    if (task?.result.state !== 'completed') throw new Error(`the benchmark ended as ${task?.result.state}`)
    return sampleTimesOf(task.result.latency.samples ?? [])
  } catch (cause) {
    throw new HarnessError('BENCHMARK_BROKEN', {
      what: `A benchmarked statement failed: ${messageOf(cause)}\n    ${bound.sql}`,
      next: 'Run it in a client on the same account, and fix the query or the schema.',
      cause,
    })
  }
}

/** The best of at most three measurements, by one of their figures; it stops at the first that is not too slow. */
export const bestOf = (
  figure: 'p50' | 'p95',
  isTooSlow: (times: Times) => boolean,
  first: Times,
  again: () => Promise<Times>,
): Promise<Times> =>
  retried(first, isTooSlow, async (best) => {
    const next = await again()
    return next[figure] < best[figure] ? next : best
  })

/** Of fewer samples p95 is the slowest one, and one hiccup would decide. */
const leastForLimit = 20

/**
 * Measures a statement that must keep a limit (ms at p95): 20 executions at least, and again when p95 is not below the
 * limit, three times at most; the best of them counts.
 */
export const measureWithin = async (
  session: ReadSession,
  bound: BoundQuery,
  sampleBudget: SampleBudget,
  limitMs: number,
): Promise<Times> => {
  // One that is far above needs no more proof than that.
  const isNear = Math.min(await runOnce(session, bound), await runOnce(session, bound)) < 3 * limitMs
  const least = isNear ? Math.max(sampleBudget.atLeast, leastForLimit) : sampleBudget.atLeast
  const own = { ...sampleBudget, atLeast: least, atMost: Math.max(sampleBudget.atMost, least) }
  const measureOwn = () => measure(session, bound, own)
  return bestOf('p95', ({ p95 }) => p95 >= limitMs, await measureOwn(), measureOwn)
}
