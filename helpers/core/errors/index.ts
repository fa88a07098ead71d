/** `tidb-migration-harness/errors`: what an error of TiDB comes from, and what to type next. */
export { type Advice, adviceFor, adviceForThrown, withAdvice } from './advice.ts'
export { catalogue } from './catalogue/catalogue.ts'
export type { ErrorEntry } from './catalogue/entry.ts'
export { HarnessError, messageOf } from './harness-error.ts'
export { errorCode, serverErrorNumber } from './server-error.ts'
