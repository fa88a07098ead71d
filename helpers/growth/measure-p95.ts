import { z } from 'zod'
import type { BoundQuery } from '../guide/queries.ts'
import type { ReadSession } from '../target/session.ts'

const warmUps = 3
const mostSamples = 100
const fewestSamples = 20
const budgetMs = 5_000

/** The 95th percentile (ms, nearest rank) of a query's time at the client: at most 100 samples, 20 at least, for about 5 s. */
export const measureP95 = async (session: ReadSession, { sql, values }: BoundQuery): Promise<number> => {
  const once = async () => {
    const started = performance.now()
    await session.rows(z.unknown(), sql, values)
    return performance.now() - started
  }
  for (let at = 0; at < warmUps; at++) await once()
  const samples: number[] = []
  const started = performance.now()
  while (
    samples.length < mostSamples &&
    (samples.length < fewestSamples || performance.now() - started < budgetMs)
  ) {
    samples.push(await once())
  }
  return samples.toSorted((a, b) => a - b)[Math.ceil(samples.length * 0.95) - 1] ?? Number.NaN
}
