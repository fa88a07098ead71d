import { HarnessError } from '../errors/harness-error.ts'
import { type BoundQuery, bindQuery, type GuideQuery } from '../guide/queries.ts'
import { quoteName } from '../schema/definition.ts'
import type { View } from '../schema/model.ts'
import type { ReadSession } from '../target/session.ts'

/** Something that is run and timed: a query of queries.sql, or the first page of a view. */
export interface Subject {
  readonly id: string
  readonly title: string
  /** What p95 must keep after the migration, in ms. */
  readonly limitMs: number | undefined
  /** By how many percent the guide says that it gets shorter. */
  readonly reduction: { readonly from: number; readonly to: number } | undefined
  /** The statement, with values of the server's own data. Throws QUERY_WITHOUT_DATA or QUERY_INVALID. */
  bind(session: ReadSession): Promise<BoundQuery>
}

/** What a list of an application shows at once. */
const pageRows = 100

const ofQuery = (query: GuideQuery, limits: Limits): Subject[] => {
  if (query.benchmark === undefined) return []
  return [
    {
      id: query.name,
      title: query.title,
      limitMs: limits[query.name] ?? query.benchmark.limitMs,
      reduction: query.reduction,
      bind: (session) => bindQuery(session, query),
    },
  ]
}

const ofView = ({ name }: View, limits: Limits): Subject => ({
  id: name,
  title: `the first ${pageRows} rows of the view ${name}`,
  limitMs: limits[name],
  reduction: undefined,
  bind: async () => ({ sql: `SELECT * FROM ${quoteName(name)} LIMIT ${pageRows}`, values: [] }),
})

/** BENCHMARK_LIMITS: ms at p95, by the name of a query or a view. */
type Limits = Readonly<Record<string, number>>

/**
 * What is benchmarked: the marked queries and the views of the schema before the migration; nothing when no query is
 * marked. Throws BENCHMARK_LIMIT_UNKNOWN when a limit is set for anything else, because it would never be tested.
 */
export const subjectsOf = (
  queries: readonly GuideQuery[],
  views: readonly View[],
  limits: Limits = {},
): Subject[] => {
  const marked = queries.flatMap((query) => ofQuery(query, limits))
  const subjects = marked.length === 0 ? [] : [...marked, ...views.map((view) => ofView(view, limits))]
  const unknown = Object.keys(limits).filter((name) => !subjects.some(({ id }) => id === name))
  if (unknown.length === 0) return subjects
  throw new HarnessError('BENCHMARK_LIMIT_UNKNOWN', {
    what: `BENCHMARK_LIMITS names ${unknown.join(', ')}, which nothing measures.`,
    next: `Name one of: ${subjects.map(({ id }) => id).join(', ')}`,
  })
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
