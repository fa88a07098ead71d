import { expect } from 'vitest'
import type { SuiteOutcome } from '../../../helpers/run/suite-process.ts'

/** Something put wrong on purpose, and the checks that it must turn red. */
export interface Fault {
  readonly fault: string
  /** SQL that puts the fault in, one statement each. */
  readonly put: readonly string[]
  /** SQL that takes it out again. */
  readonly takeOut: readonly string[]
  /** The ids of the checks that turn red: these and no others. */
  readonly red: readonly string[]
  /** What the first of them says. */
  readonly says: RegExp
}

/** Asserts that exactly the checks of a fault failed, that the first of them says why, and that the run failed. */
export const expectRed = (outcome: SuiteOutcome, { red, says }: Pick<Fault, 'red' | 'says'>): void => {
  expect(outcome.red, outcome.tail).toEqual(red.toSorted())
  expect(outcome.reasonOf(red[0] ?? '')).toMatch(says)
  expect(outcome.summary?.verdict).toBe('failed')
  expect(outcome.exitCode).not.toBe(0)
}
