import type { Index } from '../../core/schema/model.ts'
import { type Endpoint, openReadSession } from '../../core/server/session.ts'
import { type Step, tablesOf } from '../step/step.ts'
import type { RateResult, RateSource } from './rate-source.ts'
import { defaultRates, isWorkKind } from './rates.ts'
import { slowdownOf, type Task, totalMs } from './side-by-side.ts'
import { readTableFacts, type TableFacts } from './table-facts.ts'
import { aloneMs, type Work, workOf } from './work.ts'

/** What steps are expected to take. */
export interface Estimate {
  /** The steps, each with its `estimateMs`: beside what runs at the same time, not alone. */
  readonly steps: readonly Step[]
  readonly works: readonly Work[]
  /** ms from the first to the end of the last. */
  readonly totalMs: number
  /** Where the rates come from, for a person. */
  readonly from: string
}

export interface Estimator {
  /** Estimates steps that would run now, in this order. On a target of somebody's own it only reads. */
  estimate(steps: readonly Step[]): Promise<Estimate>
}

/** A work as one of those that run side by side. */
export const toTask = (work: Work): Task => ({
  table: work.step.table,
  aloneMs: aloneMs(work),
  share: work.share,
})

const defaults: RateResult = { rates: defaultRates, from: 'nothing to measure' }

const estimateOf = (
  steps: readonly Step[],
  facts: ReadonlyMap<string, TableFacts>,
  { rates, from }: RateResult,
  connections: number,
): Estimate => {
  const works = steps.map((step) => workOf(step, facts, rates))
  const tasks = works.map(toTask)
  const slowdown = slowdownOf(tasks, connections)
  return {
    works,
    totalMs: totalMs(tasks, connections),
    from,
    steps: works.map((work) => ({ ...work.step, estimateMs: Math.round(aloneMs(work) * slowdown) })),
  }
}

/** An estimator for one server, which changes `connections` tables side by side. */
export const estimatorFor = ({
  server: { address, sessionOptions },
  added,
  connections,
  rates,
}: {
  server: Endpoint
  /** The indexes that steps may add: their columns tell how wide they are. */
  added: readonly Index[]
  connections: number
  rates: RateSource
}): Estimator => ({
  estimate: async (steps) => {
    const kinds = new Set(steps.map(({ kind }) => kind).filter(isWorkKind))
    const [phase] = steps.map((step) => step.phase)
    if (phase === undefined || kinds.size === 0) return estimateOf(steps, new Map(), defaults, connections)
    await using session = await openReadSession(address, sessionOptions)
    // A drop goes through no rows.
    const reading = phase === 'rollback' ? [] : steps.filter(({ kind }) => isWorkKind(kind))
    const isAdded = (index: Index) =>
      reading.some((step) => step.kind === 'index' && step.table === index.table && step.name === index.name)
    const tables = [...new Set(reading.flatMap(tablesOf))]
    const facts = await readTableFacts(session, tables, added.filter(isAdded))
    const answer = await rates({ session, phase, kinds, facts, connections })
    return estimateOf(steps, facts, answer, connections)
  },
})
