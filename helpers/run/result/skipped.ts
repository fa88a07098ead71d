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
