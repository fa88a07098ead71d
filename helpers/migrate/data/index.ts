/** `tidb-migration-harness/data`: what a generator of rows is made of. */
export type { SqlValue } from '../../core/server/session.ts'
export { at } from './at.ts'
export { createRandom, type Random, scramble } from './random.ts'
export { type DataOptions, type Scale, type TableRows, tableRows } from './table-rows.ts'
export { compactDate, DAY, HOUR, MINUTE, secondsOf, sqlTime } from './time.ts'
