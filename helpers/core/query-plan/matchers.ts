import { chai, expect, type MatcherState } from 'vitest'
import { HarnessError } from '../errors/harness-error.ts'
import { accesses, fullScans, isCovering, keepsOrder, rangeScans, sorts, usesIndex } from './facts.ts'
import type { Operator, QueryPlan } from './plan.ts'
import { type StatisticsGap, statisticsGaps } from './statistics.ts'
import { renderPlan, tableLabel } from './tree.ts'

interface MatchResult {
  readonly pass: boolean
  /** What the test asks for, to be read after "wanted a plan that". */
  readonly wanted: string
  /** What the plan does, to be read after "the plan". */
  readonly found: string
  readonly next: string
}

declare module 'vitest' {
  // The names and constraints of both parameters must be vitest's own for the two declarations to merge.
  interface Matchers<R extends void | Promise<void> = void | Promise<void>, T = unknown> {
    /** Passes when any operator of a QueryPlan reads this index, of this table if given (not its alias). */
    toUseIndex(name: string, of?: { table?: string | undefined }): R
    /** Passes when the plan reads by range or by key, in this index if given. */
    toRangeScan(name?: string): R
    /** Passes when the plan reads tables, or this one, and scans none of it in full (table or index). */
    toAvoidFullScan(table?: string): R
    /** Passes when a scan, of this index if given, delivers the order and nothing sorts above it. */
    toKeepOrder(name?: string): R
    /** Passes when the plan answers from indexes alone, or all reads of this index do without the rows. */
    toBeCovering(name?: string): R
    /** Passes when the planner had statistics for all that it weighed; not whether they are up to date. */
    toHaveFreshStatistics(): R
  }
}

const describeScan = ({ kind, accessObject }: Operator): string => {
  const index = accessObject.index === undefined ? '' : ` on ${accessObject.index.name}`
  return `${kind}${index} of ${tableLabel(accessObject)}`
}

const describeReads = (operators: readonly Operator[]): string => {
  const reads = operators.filter(({ kind }) => kind !== 'TableRowIDScan').map(describeScan)
  return `reads by ${reads.join(', ')}`
}

const describeSorts = (plan: QueryPlan): string => {
  const ids = sorts(plan).map(({ id }) => id)
  return `${describeReads(accesses(plan))}; ${ids.length === 0 ? 'nothing sorts' : `${ids.join(', ')} sorts`}`
}

const describeGap = ({ operator, kind, names }: StatisticsGap): string =>
  `${kind}${names.length === 0 ? '' : ` (${names.join(', ')})`} at ${operator.id} of ${tableLabel(operator.accessObject)}`

const indexLabel = (name: string | undefined): string => (name === undefined ? 'an index' : `index ${name}`)

/** Throws where any answer, with .not or without, would hold for ever whatever becomes of the indexes. */
const assertReads = (plan: QueryPlan, table?: string): void => {
  if (accesses(plan, table).length > 0) return
  throw new HarnessError('QUERY_PLAN_READS_NOTHING', {
    what: `The plan never reads ${table === undefined ? 'a table' : `table ${table}`}: ${plan.sql.trim()}`,
    why: 'The planner answered from constants, or executed a scalar subquery while it explained.',
    next: 'Check the names, and explain the subquery by itself or with parameters that can find rows.',
    fields: { sql: plan.sql, plan: renderPlan(plan) },
  })
}

const assertPlan = (received: unknown): void => {
  if (typeof received === 'object' && received !== null && 'roots' in received) return
  throw new HarnessError('QUERY_PLAN_EXPECTED', {
    what: `A query-plan matcher was given ${received instanceof Promise ? 'a promise' : typeof received}, not a query plan.`,
    next: 'Write expect(await explain(session, sql)), with the await inside.',
  })
}

/** The error of a matcher: the message that the test gave to `expect` is its why. */
const notWanted = (
  plan: QueryPlan,
  { pass, wanted, found, next }: MatchResult,
  why: unknown,
): HarnessError => {
  const [sql, drawn] = [plan.sql.trim(), renderPlan(plan)]
  return new HarnessError('QUERY_PLAN_NOT_WANTED', {
    // A plan that was judged well fails a test that says .not.
    what: `wanted ${pass ? 'no' : 'a'} plan that ${wanted}\nthe plan ${found}\n\n${sql}\n\n${drawn}`,
    ...(typeof why === 'string' ? { why } : {}),
    next: pass ? 'look at the query, or take the .not out of the test.' : next,
    fields: { sql, plan: drawn },
  })
}

// It throws by itself: of what a matcher returns, vitest keeps the message alone.
const matcher = <A extends unknown[]>(judge: (plan: QueryPlan, ...asked: A) => MatchResult) =>
  function (this: Pick<MatcherState, 'isNot' | 'assertion'>, plan: QueryPlan, ...asked: A) {
    assertPlan(plan)
    assertReads(plan)
    const judgement = judge(plan, ...asked)
    const { pass } = judgement
    if (pass === (this.isNot ?? false))
      throw notWanted(plan, judgement, this.assertion && chai.util.flag(this.assertion, 'message'))
    return { pass, message: () => '' }
  }

const toUseIndex = matcher((plan, name: string, { table }: { table?: string | undefined } = {}) => ({
  pass: usesIndex(plan, name, table),
  wanted: `uses index ${name}${table === undefined ? '' : ` of table ${table}`}`,
  found: describeReads(accesses(plan)),
  next: 'check that SHOW INDEX lists it as visible, run ANALYZE TABLE, and ask with selective parameters.',
}))

const toRangeScan = matcher((plan, name?: string) => ({
  pass: rangeScans(plan, name).length > 0,
  wanted: `reads ${indexLabel(name)} by range or by key`,
  found: describeReads(accesses(plan)),
  next: 'compare the leading column with = or a range, without a function and without % at the start.',
}))

const toAvoidFullScan = matcher((plan, table?: string) => {
  assertReads(plan, table)
  return {
    pass: fullScans(plan, table).length === 0,
    wanted: `reads ${table ?? 'its tables'} without a full scan`,
    found: describeReads(accesses(plan, table)),
    next: 'add an index on the columns in WHERE; if the table is small or a LIMIT ends the scan, expect one.',
  }
})

const toKeepOrder = matcher((plan, name?: string) => ({
  pass: keepsOrder(plan, name),
  wanted: `takes its order from ${indexLabel(name)}, without a sort`,
  found: describeSorts(plan),
  next: 'put the columns of ORDER BY into the index right behind those compared with =.',
}))

const toBeCovering = matcher((plan, name?: string) => ({
  pass: isCovering(plan, name),
  wanted: `answers from ${indexLabel(name)} alone, without fetching rows`,
  found: describeReads(accesses(plan)),
  next: 'select only columns of the index, or add the missing ones to it.',
}))

const toHaveFreshStatistics = matcher((plan) => {
  const gaps = statisticsGaps(plan)
  return {
    pass: gaps.length === 0,
    wanted: 'was chosen with statistics for every index it weighed',
    found: gaps.length === 0 ? 'had them all' : `lacked statistics: ${gaps.map(describeGap).join('; ')}`,
    next: 'run ANALYZE TABLE on it; where it only says unloaded, give the server a few seconds; explain again.',
  }
})

expect.extend({
  toUseIndex,
  toRangeScan,
  toAvoidFullScan,
  toKeepOrder,
  toBeCovering,
  toHaveFreshStatistics,
})
