import { HarnessError } from '../../core/errors/harness-error.ts'
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
 * A check that found no row to ask with, as a skip; any other error as it is. For targets of the user's own: a target is
 * never red because it is empty. In a rehearsal it is the data of the migration that lacks such rows.
 */
export const skippedWithoutData = (error: unknown): unknown =>
  error instanceof HarnessError && error.code === 'QUERY_WITHOUT_DATA'
    ? new Skipped('NO_DATA', error.what)
    : error
