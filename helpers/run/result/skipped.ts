import { HarnessError } from '../../core/errors/harness-error.ts'
import { isTimeout } from '../../core/errors/server-error.ts'
import type { SkipCode } from '../../report/summary.ts'

/** Thrown to end a check as skipped; its message is the reason for people. */
export class Skipped extends Error {
  readonly code: SkipCode

  constructor(code: SkipCode, reason: string) {
    super(reason)
    this.code = code
  }
}

/** The skip of a check that would read more rows than its budget; undefined where it would not. */
export const skippedOverBudget = (reason: string | undefined): Skipped | undefined =>
  reason === undefined ? undefined : new Skipped('OVER_BUDGET', reason)

/**
 * What says nothing against a target of the user's own, as a skip; any other error as it is. A target is never red because
 * it is empty (in a rehearsal it is the data of the migration that lacks such rows), nor because a check that reads rows, or
 * looks at what was added, takes longer than a statement may.
 */
export const skippedOnTarget = (
  error: unknown,
  { reads, asks, afterOnly }: { reads?: unknown; asks?: unknown; afterOnly?: boolean },
): unknown => {
  if (error instanceof HarnessError && error.code === 'QUERY_WITHOUT_DATA')
    return new Skipped('NO_DATA', error.what)
  const mayTakeLong = reads !== undefined || asks !== undefined || afterOnly === true
  return mayTakeLong && isTimeout(error)
    ? new Skipped('TIMED_OUT', `a statement took longer than STATEMENT_SECONDS; set it higher to run this`)
    : error
}
