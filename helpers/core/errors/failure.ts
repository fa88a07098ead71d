import { stripVTControlCharacters } from 'node:util'
import { z } from 'zod'
import { HarnessError, messageOf } from './harness-error.ts'

/** What went wrong, in parts and as plain data: what a HarnessError says, without its cause. */
export const failureShape = z.object({
  /** Stable, to be searched for. */
  code: z.string(),
  what: z.string(),
  why: z.string().optional(),
  /** The next command to type or the next thing to do; absent for what is no error of the harness. */
  next: z.string().optional(),
  /** Facts for programs; never a secret. */
  fields: z.record(z.string(), z.unknown()).optional(),
})
export type Failure = z.infer<typeof failureShape>

// It goes from one process to another, and into JSON, which knows no bigint.
const plainValue = (_key: string, value: unknown): unknown => {
  if (typeof value === 'bigint') return value.toString()
  return typeof value === 'string' ? stripVTControlCharacters(value) : value
}

const failurePartsOf = (thrown: unknown): Failure => {
  if (thrown instanceof HarnessError) {
    const { code, what, why, next, fields } = thrown
    return { code, what, why, next, ...(Object.keys(fields).length === 0 ? {} : { fields }) }
  }
  const isAssertion = thrown instanceof Error && thrown.name === 'AssertionError'
  return { code: isAssertion ? 'ASSERTION_FAILED' : 'UNEXPECTED', what: messageOf(thrown) }
}

/**
 * The parts of anything that was thrown. What is no error of the harness has the code ASSERTION_FAILED or UNEXPECTED,
 * its message as `what`, and no `next`.
 */
export const failureOf = (thrown: unknown): Failure =>
  failureShape.parse(JSON.parse(JSON.stringify(failurePartsOf(thrown), plainValue)))
