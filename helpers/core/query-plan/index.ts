import './matchers.ts'

/**
 * `tidb-migration-harness/query-plan`: what the planner does with a query. The import adds the matchers to vitest's
 * `expect`: toUseIndex, toRangeScan, toAvoidFullScan, toKeepOrder, toBeCovering and toHaveFreshStatistics.
 */
export { openReadSession, type ReadSession, type ServerAddress } from '../server/session.ts'
export { explain } from './explain.ts'
export { fullScans, isCovering, keepsOrder, rangeScans, sorts, usesIndex } from './facts.ts'
export type { AccessObject, Operator, QueryPlan } from './plan.ts'
export { renderPlan } from './tree.ts'
