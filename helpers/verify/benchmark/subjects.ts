import type { Settings } from '../../core/config/settings.ts'
import { HarnessError } from '../../core/errors/harness-error.ts'
import type { View } from '../../core/schema/model.ts'
import type { ReadSession } from '../../core/server/session.ts'
import { quoteName } from '../../core/text/quote.ts'
import { type BoundQuery, bindQuery, type GuideQuery } from '../queries/queries.ts'

/** Something that is run and timed: a query of queries.sql, or the first page of a view. */
export interface Subject {
  readonly id: string
  readonly title: string
  /** What p95 must keep after the migration, in ms. */
  readonly limitMs: number | undefined
  /** By how many percent the guide says that it gets shorter. */
  readonly reduction: { readonly from: number; readonly to: number } | undefined
  /** The reduction in percent below which the run fails; undefined where the promise is a claim only. */
  readonly leastReduction: number | undefined
  /** The statement, with values of the server's own data. Throws QUERY_WITHOUT_DATA or QUERY_INVALID. */
  bind(session: ReadSession): Promise<BoundQuery>
}

/** What a list of an application shows at once. */
const pageRows = 100

const ofQuery = (query: GuideQuery, { limits, reductions }: Bars): Subject[] => {
  if (query.benchmark === undefined) return []
  return [
    {
      id: query.name,
      title: query.title,
      limitMs: limits[query.name] ?? query.benchmark.limitMs,
      reduction: query.reduction,
      leastReduction: reductions[query.name],
      bind: (session) => bindQuery(session, query),
    },
  ]
}

const ofView = ({ name }: View, { limits, reductions }: Bars): Subject => ({
  id: name,
  title: `the first ${pageRows} rows of the view ${name}`,
  limitMs: limits[name],
  reduction: undefined,
  leastReduction: reductions[name],
  bind: async () => ({ sql: `SELECT * FROM ${quoteName(name)} LIMIT ${pageRows}`, values: [] }),
})

/** By the name of a query or a view. */
interface Bars {
  /** ms at p95. */
  readonly limits: Readonly<Record<string, number>>
  /** Percent. */
  readonly reductions: Readonly<Record<string, number>>
}

type BarSettings = Pick<Settings, 'BENCHMARK_LIMITS' | 'BENCHMARK_REDUCTIONS'>

const assertMeasured = (variable: string, named: object, subjects: readonly Subject[]): void => {
  const unknown = Object.keys(named).filter((name) => !subjects.some(({ id }) => id === name))
  if (unknown.length === 0) return
  throw new HarnessError('BENCHMARK_LIMIT_UNKNOWN', {
    what: `${variable} names ${unknown.join(', ')}, which nothing measures.`,
    next: `Name one of: ${subjects.map(({ id }) => id).join(', ')}`,
  })
}

/**
 * What is benchmarked: the marked queries and the views of the schema before the migration; nothing when no query is
 * marked. Throws BENCHMARK_LIMIT_UNKNOWN when a setting names anything else, because it would never be tested.
 */
export const subjectsOf = (
  queries: readonly GuideQuery[],
  views: readonly View[],
  { BENCHMARK_LIMITS: limits = {}, BENCHMARK_REDUCTIONS: reductions = {} }: BarSettings = {},
): Subject[] => {
  const bars = { limits, reductions }
  const marked = queries.flatMap((query) => ofQuery(query, bars))
  const subjects = marked.length === 0 ? [] : [...marked, ...views.map((view) => ofView(view, bars))]
  assertMeasured('BENCHMARK_LIMITS', limits, subjects)
  assertMeasured('BENCHMARK_REDUCTIONS', reductions, subjects)
  return subjects
}

/**
 * The same rows as a view gives, asked for by the view's own text.
 *
 * A hint cannot reach into a view, because the query blocks in there are counted anew.
 */
export const withoutView = (bound: BoundQuery, view: View | undefined): BoundQuery =>
  view === undefined
    ? bound
    : { sql: `SELECT * FROM (${view.definition}) AS \`v\` LIMIT ${pageRows}`, values: [] }
