import { z } from 'zod'
import { HarnessError, messageOf } from '../../core/errors/harness-error.ts'
import { isTimeout, serverErrorNumber } from '../../core/errors/server-error.ts'
import { addHints, hintIndexes, resolveScans } from '../../core/query-plan/aliases.ts'
import { withoutBindings } from '../../core/query-plan/binding.ts'
import { explain } from '../../core/query-plan/explain.ts'
import type { QueryPlan } from '../../core/query-plan/plan.ts'
import { type Index, qualifiedName } from '../../core/schema/model.ts'
import type { ReadSession } from '../../core/server/session.ts'
import { sameName } from '../../core/text/names.ts'
import { type Migration, statementsOf } from '../../migrate/folder/migration.ts'
import type { NamedStatement } from '../../migrate/folder/named-statements.ts'
import type { Lock } from '../../migrate/lock/lock.ts'

const expectations = ['range', 'keep-order', 'covering'] as const

type IndexName = Pick<Index, 'table' | 'name'>

const quotedNames = /^`((?:[^`]|``)+)`\.`((?:[^`]|``)+)`$/
const plainNames = /^([^.]+)\.([^.]+)$/

/** `table.index`, told apart: by the indexes there are, or by the one dot, or by the backticks around each. */
export const qualified = (known: readonly IndexName[] = []) =>
  z.string().transform((text, context) => {
    const [there] = known.filter((index) => sameName(qualifiedName(index), text))
    if (there !== undefined) return { table: there.table, name: there.name }
    const [, table, name] = (quotedNames.exec(text) ?? plainNames.exec(text) ?? []).map((part) =>
      text.startsWith('`') ? part.replaceAll('``', '`') : part,
    )
    if (table !== undefined && name !== undefined) return { table, name }
    context.addIssue('table.index; where a name has a dot that is none of an index here, `table`.`index`')
    return z.NEVER
  })

const benchmark = z
  .string()
  .regex(/^(?:measured|\d+ ms p95)$/, { error: 'measured, or a limit such as 50 ms p95' })
  .transform((text) => ({ limitMs: text === 'measured' ? undefined : Number.parseInt(text, 10) }))

const reduction = z
  .string()
  .regex(/^\d+ to \d+ %$/, { error: 'two percentages, such as 50 to 80 %' })
  .transform((text) => {
    const [from = 0, to = 0] = (text.match(/\d+/g) ?? []).map(Number)
    return { from, to }
  })

const headerShape = (known: readonly IndexName[]) =>
  z
    .strictObject({
      title: z.string().min(1),
      index: qualified(known).optional(),
      expect: z
        .string()
        .transform((text) => text.split(',').map((word) => word.trim()))
        .pipe(z.array(z.enum(expectations)).min(1))
        .optional(),
      since: z
        .string()
        .regex(/^\d+\.\d+\.\d+$/, { error: 'a release, such as 7.5.1' })
        .optional(),
      why: z.string().min(1).optional(),
      else: z.string().min(1).optional(),
      params: z.string().min(1).optional(),
      /** An index that cannot serve it by a range scan. */
      unfit: qualified(known).optional(),
      /** Run and timed, before and after; with the limit that p95 must keep after, in ms. */
      benchmark: benchmark.optional(),
      /** By how many percent the guide says that the migration shortens it. */
      reduction: reduction.optional(),
    })
    .refine(({ expect, unfit, benchmark }) => (expect ?? unfit ?? benchmark) !== undefined, {
      error: 'a query that is not benchmarked needs the line expect or unfit',
      path: ['expect'],
    })
    .refine(({ expect, index }) => expect !== undefined || index === undefined, {
      error: 'index needs the line expect',
      path: ['expect'],
    })
    // Without these a check could pass whatever the server does.
    .refine(({ expect, index }) => index !== undefined || expect === undefined, {
      error: 'range, keep-order and covering need the line index',
      path: ['index'],
    })
    .refine(
      (header) => header.since === undefined || (header.why !== undefined && header.else !== undefined),
      {
        error: 'since needs the lines why and else',
        path: ['since'],
      },
    )
    .refine((header) => header.reduction === undefined || header.benchmark !== undefined, {
      error: 'reduction needs the line benchmark',
      path: ['reduction'],
    })

/** A query of queries.sql, and the query plan that is right for it. */
export interface GuideQuery extends z.infer<ReturnType<typeof headerShape>> {
  readonly name: string
  readonly sql: string
}

const invalid = (name: string, what: string, cause?: unknown): HarnessError =>
  new HarnessError('QUERY_INVALID', {
    what: `queries.sql, "${name}": ${what}`,
    next: 'Correct its header; the top of sql/v3/queries.sql explains the lines.',
    cause,
  })

/**
 * Reads the header of a statement in queries.sql. `known` are the indexes that it may name. Throws QUERY_INVALID with what is
 * wrong in it.
 */
export const toGuideQuery = (statement: NamedStatement, known: readonly IndexName[] = []): GuideQuery => {
  const parsed = headerShape(known).safeParse(statement.about)
  if (parsed.success) return { ...parsed.data, name: statement.name, sql: statement.sql }
  throw invalid(statement.name, z.prettifyError(parsed.error))
}

/** The queries of the migration's queries.sql. Throws QUERY_INVALID or STATEMENTS_INVALID. */
export const guideQueriesOf = (migration: Migration, { adds, leftOut, baseline }: Lock): GuideQuery[] => {
  const known = [
    ...adds.indexes,
    ...(leftOut?.indexes ?? []),
    ...baseline.tables.flatMap(({ indexes }) => indexes),
  ]
  return statementsOf(migration, 'queries').map((statement) => toGuideQuery(statement, known))
}

const valueShape = z.union([z.string(), z.number(), z.null()], {
  error: 'a parameter must be a text, a number or a date',
})
const paramsShape = z.record(z.string(), valueShape)
type Params = Readonly<z.infer<typeof paramsShape>>

/** A query as the driver takes it: `?` for each value. */
export const boundQueryShape = z.object({ sql: z.string(), values: z.array(valueShape) })
export type BoundQuery = z.infer<typeof boundQueryShape>

/** Values that the data holds, so that the query is as selective as in life. Throws QUERY_WITHOUT_DATA or QUERY_INVALID. */
const paramsOf = async (session: ReadSession, { name, params }: GuideQuery): Promise<Params> => {
  if (params === undefined) return {}
  const [row] = await session.rows(paramsShape, params).catch((cause: unknown) => {
    if (cause instanceof z.ZodError) throw invalid(name, z.prettifyError(cause), cause)
    // A time limit says nothing of the query.
    if (isTimeout(cause) || (serverErrorNumber(cause) ?? -1) < 0) throw cause
    throw invalid(name, `its params: ${messageOf(cause)}`, cause)
  })
  // MAX() of no rows is a row all the same, of NULL.
  if (row !== undefined && !Object.values(row).includes(null)) return row
  throw new HarnessError('QUERY_WITHOUT_DATA', {
    what: `The query ${name} finds no values to ask with: ${params}`,
    next: 'Load data with such rows, or correct its "-- params:" lines.',
  })
}

// A text, a name or a comment, which stays as it is; else a place for a value.
const textOrPlace =
  /'(?:[^'\\]|\\[\s\S]|'')*'|"(?:[^"\\]|\\[\s\S]|"")*"|`(?:[^`]|``)*`|\/\*[\s\S]*?\*\/|--(?=\s|$)[^\n]*|#[^\n]*|:([a-z_]\w*)|\?/gi

/** The query with `?` for each :name, and the values in their order; the driver takes a ' in a comment for a text. */
const bind = ({ name, sql }: GuideQuery, params: Params): BoundQuery => {
  const values: BoundQuery['values'] = []
  const bound = sql.replace(textOrPlace, (found, place: string | undefined) => {
    if (place === undefined && found !== '?') return found
    const value = place === undefined ? undefined : params[place]
    if (value === undefined) throw invalid(name, `its params give no value for ${found}`)
    values.push(value)
    return '?'
  })
  return { sql: bound, values }
}

/** The query with values that the data holds. Throws QUERY_WITHOUT_DATA or QUERY_INVALID. */
export const bindQuery = async (session: ReadSession, query: GuideQuery): Promise<BoundQuery> =>
  bind(query, await paramsOf(session, query))

const noPlan = 1815

/** A query of the guide with values of the server's own data, and the query plan that the server has for it. */
export interface BoundPlan {
  readonly bound: BoundQuery
  readonly plan: QueryPlan
}

/** A query of the guide, bound and explained. Throws QUERY_WITHOUT_DATA or QUERY_INVALID. */
export const explainQuery = async (session: ReadSession, query: GuideQuery): Promise<BoundPlan> => {
  const bound = await bindQuery(session, query)
  return { bound, plan: { ...(await explain(session, bound.sql, bound.values)), sql: query.sql } }
}

/**
 * The query plan with the index of the query hinted, in the order of the index where the query expects that: whether the
 * index can serve the query, which holds for any size of the tables and for any statistics. `asItIs` is the query without
 * the hint.
 */
export const explainWithIndex = async (
  session: ReadSession,
  query: GuideQuery,
  { bound: { sql, values }, plan: asItIs }: BoundPlan,
): Promise<QueryPlan> => {
  const index = query.index ?? query.unfit
  const scans = await resolveScans(session, sql, values)
  const explainHinted = (hint: 'order_index' | 'use_index') => {
    const hints = hintIndexes(hint, scans, index === undefined ? [] : [index])
    return explain(session, hints === '' ? sql : addHints(sql, hints), values)
  }
  const ask = async () => {
    if (query.expect?.includes('keep-order') !== true) return explainHinted('use_index')
    return explainHinted('order_index').catch((error: unknown) => {
      // An index that cannot give the order leaves no plan at all; the one without the order shows what it can.
      if (error instanceof HarnessError && serverErrorNumber(error.cause) === noPlan)
        return explainHinted('use_index')
      throw error
    })
  }
  // A binding throws the query's own hints away.
  const plan = asItIs.fromBinding ? await withoutBindings(session, ask) : await ask()
  return { ...plan, sql: query.sql }
}
