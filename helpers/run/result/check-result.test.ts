import { expect, test } from 'vitest'
import { failureOf } from '../../core/errors/failure.ts'
import { HarnessError } from '../../core/errors/harness-error.ts'
import type { CheckMeta } from '../section.ts'
import { type EndedTest, toCheck } from './check-result.ts'

const missing = new HarnessError('INDEX_MISSING', {
  what: 'x is missing.',
  next: 'ADD it',
  fields: { rows: 3 },
})

const ended = (result: ReturnType<EndedTest['result']>, more: Partial<CheckMeta> = {}): EndedTest => ({
  name: 'the index x is there',
  fullName: 'the index x is there',
  module: { moduleId: '/specs/06-postconditions.spec.ts' },
  meta: () => ({ check: { id: 'postconditions.index[x]', section: 'postconditions', ...more } }),
  result: () => result,
  diagnostic: () => ({ duration: 1.6 }),
})
const about = {
  id: 'postconditions.index[x]',
  section: 'postconditions',
  title: 'the index x is there',
  durationMs: 2,
}

test('a check that passed has neither a failure nor a reason', () => {
  expect(toCheck(ended({ state: 'passed', errors: undefined }))).toEqual({ ...about, status: 'passed' })
})

test('a red check has the text for people, and the parts as the section put them down', () => {
  const errors = [{ name: 'HarnessError', message: `\u001b[31m${missing.message}\u001b[0m` }]
  expect(toCheck(ended({ state: 'failed', errors }, { failure: failureOf(missing) }))).toEqual({
    ...about,
    status: 'failed',
    reason: missing.message,
    failure: { code: 'INDEX_MISSING', what: 'x is missing.', next: 'ADD it', fields: { rows: 3 } },
  })
})

test.each([
  ['Error', 'Test timed out in 300000ms.', 'UNEXPECTED'],
  ['AssertionError', 'expected 1 to be 2', 'ASSERTION_FAILED'],
])('what the section never saw has a code all the same: %s', (name, message, code) => {
  const check = toCheck(ended({ state: 'failed', errors: [{ name, message }] }))
  expect(check).toEqual({ ...about, status: 'failed', reason: message, failure: { code, what: message } })
})

test('a skipped check has the kind of its skip beside the reason', () => {
  const skipped = { state: 'skipped', errors: undefined, note: 'TRAFFIC=off' } as const
  expect(toCheck(ended(skipped, { skipCode: 'NOT_ASKED' }))).toEqual({
    ...about,
    status: 'skipped',
    reason: 'TRAFFIC=off',
    skipCode: 'NOT_ASKED',
  })
})
