import { HarnessError } from '../errors/harness-error.ts'
import { sameName } from '../text/names.ts'
import { type Operator, operatorsOf, type Placed, type QueryPlan } from './plan.ts'

const fullScanKinds = new Set(['TableFullScan', 'IndexFullScan'])
const rangeScanKinds = new Set(['IndexRangeScan', 'TableRangeScan', 'Point_Get', 'Batch_Point_Get'])
const indexScanKinds = new Set(['IndexRangeScan', 'IndexFullScan'])
const sortKinds = new Set(['Sort', 'TopN'])
const readerKinds = new Set(['IndexReader', 'IndexLookUp', 'IndexMerge', 'TableReader'])

const allOf = (plan: QueryPlan): Operator[] => operatorsOf(plan).map(({ operator }) => operator)

const isOfTable = (plan: QueryPlan, { id, accessObject }: Operator, table: string | undefined): boolean => {
  if (table === undefined) return true
  // A guess would let a check pass that should fail, so an unknown table answers neither way.
  if (accessObject.table === undefined) {
    throw new HarnessError('QUERY_PLAN_TABLE_UNKNOWN', {
      what: `${id} reads \`${accessObject.alias}\`, and the server does not say which table that is.`,
      why: 'EXPLAIN prints aliases; one that two tables share, or that stands inside a view, stays unknown.',
      next: `Give each table of the query an alias of its own, or ask without a table instead of ${table}.`,
      fields: { sql: plan.sql, alias: accessObject.alias, table },
    })
  }
  return sameName(accessObject.table, table)
}

/**
 * The operators that read a table or an index themselves, of one table if given.
 *
 * All facts that take a table throw QUERY_PLAN_TABLE_UNKNOWN rather than guess what an alias means.
 */
export const accesses = (plan: QueryPlan, table?: string): Operator[] =>
  allOf(plan).filter(
    (operator) => operator.accessObject.alias !== undefined && isOfTable(plan, operator, table),
  )

/** Whether any operator reads this index: by range, by key, in full, or as a part of an IndexMerge. */
export const usesIndex = (plan: QueryPlan, index: string, table?: string): boolean =>
  allOf(plan).some(
    (operator) => sameName(operator.accessObject.index?.name, index) && isOfTable(plan, operator, table),
  )

/** The operators that read by range or by key, of one index if given; by the primary key has no index name. */
export const rangeScans = (plan: QueryPlan, index?: string): Operator[] =>
  allOf(plan).filter(
    ({ kind, accessObject }) =>
      rangeScanKinds.has(kind) && (index === undefined || sameName(accessObject.index?.name, index)),
  )

/** The operators that read all of a table or all of an index (TableFullScan, IndexFullScan). */
export const fullScans = (plan: QueryPlan, table?: string): Operator[] =>
  allOf(plan).filter((operator) => fullScanKinds.has(operator.kind) && isOfTable(plan, operator, table))

/** The operators that sort (Sort, TopN), anywhere in the plan. */
export const sorts = (plan: QueryPlan): Operator[] => allOf(plan).filter(({ kind }) => sortKinds.has(kind))

/**
 * Whether a scan delivers the order (`keep order:true`) and nothing sorts above it, by one index if given.
 *
 * TiDB serves ORDER BY … DESC by a backward scan (`keep order:true, desc`). A Point_Get is one row at most.
 */
export const keepsOrder = (plan: QueryPlan, index?: string): boolean =>
  operatorsOf(plan).some(
    ({ operator, above }) =>
      (operator.kind === 'Point_Get' || /\bkeep order:true\b/.test(operator.operatorInfo)) &&
      (index === undefined || sameName(operator.accessObject.index?.name, index)) &&
      !above.some(({ kind }) => sortKinds.has(kind)),
  )

/**
 * Whether all reads, or all reads of one index, are answered by an index alone.
 *
 * That is an IndexReader; an IndexLookUp or IndexMerge fetches the rows as well. False for a plan without reads.
 */
export const isCovering = (plan: QueryPlan, index?: string): boolean => {
  const reads = operatorsOf(plan).filter(({ operator: { accessObject } }) =>
    index === undefined ? accessObject.alias !== undefined : sameName(accessObject.index?.name, index),
  )
  const readerOf = ({ above }: Placed) => above.find(({ kind }) => readerKinds.has(kind))?.kind
  return (
    reads.length > 0 &&
    reads.every((read) => indexScanKinds.has(read.operator.kind) && readerOf(read) === 'IndexReader')
  )
}
