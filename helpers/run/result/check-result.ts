import { basename } from 'node:path'
import { stripVTControlCharacters as plain } from 'node:util'
import type { SerializedError, TestCase } from 'vitest/node'
import { type Failure, failureOf } from '../../core/errors/failure.ts'
import type { CheckResult } from '../../report/summary.ts'

/** What of a test of vitest makes a check. */
export interface EndedTest extends Pick<TestCase, 'name' | 'fullName' | 'meta' | 'result'> {
  readonly module: { readonly moduleId: string }
  diagnostic(): { readonly duration: number } | undefined
}

// What never reached the section, such as the time limit of a test.
const failureOfVitest = ([error]: readonly SerializedError[]): Failure =>
  failureOf(Object.assign(new Error(error?.message ?? 'no reason given'), { name: error?.name ?? 'Error' }))

/** What a report says of one check: its verdict, with the parts of its failure or the kind of its skip. */
export const toCheck = (test: EndedTest): CheckResult => {
  const { check } = test.meta()
  const result = test.result()
  const status = result.state === 'pending' ? 'skipped' : result.state
  const note = result.state === 'skipped' ? result.note : undefined
  const reason =
    status === 'failed' ? plain(result.errors?.map(({ message }) => message).join('\n') ?? '') : note
  return {
    id: check?.id ?? test.fullName,
    section: check?.section ?? basename(test.module.moduleId),
    title: test.name,
    status,
    ...(reason === undefined ? {} : { reason }),
    ...(result.state === 'failed' ? { failure: check?.failure ?? failureOfVitest(result.errors) } : {}),
    ...(status !== 'skipped' || check?.skipCode === undefined ? {} : { skipCode: check.skipCode }),
    ...(check?.evidence === undefined ? {} : { evidence: check.evidence }),
    durationMs: Math.round(test.diagnostic()?.duration ?? 0),
  }
}
