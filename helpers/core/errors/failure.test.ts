import { AssertionError } from 'node:assert'
import { expect, test } from 'vitest'
import { failureOf, failureShape } from './failure.ts'
import { HarnessError, textOfParts } from './harness-error.ts'

const parts = { what: 'The index x is missing.', why: 'Somebody dropped it.', next: 'ALTER TABLE …;' }

test('an error of the harness keeps its parts apart, without its cause', () => {
  const error = new HarnessError('INDEX_MISSING', {
    ...parts,
    cause: new Error('s3cret'),
    fields: { table: 'Event', rows: 3n, name: undefined },
  })
  expect(failureOf(error)).toEqual({
    code: 'INDEX_MISSING',
    ...parts,
    fields: { table: 'Event', rows: '3' },
  })
  expect(failureOf(new HarnessError('X', { what: 'a', next: 'b' }))).toEqual({
    code: 'X',
    what: 'a',
    next: 'b',
  })
})

test('it is the same after a process and a file', () => {
  const failure = failureOf(new HarnessError('X', { ...parts, fields: { at: [1, { b: null }] } }))
  expect(structuredClone(failure)).toEqual(failure)
  expect(failureShape.parse(JSON.parse(JSON.stringify(failure)))).toEqual(failure)
})

const failedExpectation = (): unknown => {
  try {
    expect(1).toBe(2)
  } catch (error) {
    return error
  }
  return undefined
}

test.each<[string, unknown, string, string]>([
  [
    "an expectation of vitest's",
    failedExpectation(),
    'ASSERTION_FAILED',
    'expected 1 to be 2 // Object.is equality',
  ],
  ["one of node's", new AssertionError({ message: 'no' }), 'ASSERTION_FAILED', 'no'],
  ['what nobody expected', new TypeError('x is no function'), 'UNEXPECTED', 'x is no function'],
  ['what is no error', 'text', 'UNEXPECTED', 'text'],
  ['text with colors', new Error('\u001b[31mred\u001b[0m'), 'UNEXPECTED', 'red'],
])('%s has a code too', (_, thrown, code, what) => {
  expect(failureOf(thrown)).toEqual({ code, what })
})

test('the text for people is made of the parts, and is what the error says', () => {
  const error = new HarnessError('INDEX_MISSING', parts)
  expect(textOfParts(failureOf(error))).toBe(error.message)
  expect(error.message).toBe(
    'INDEX_MISSING: The index x is missing.\n  why:  Somebody dropped it.\n  next: ALTER TABLE …;',
  )
  expect(textOfParts({ code: 'UNEXPECTED', what: 'x' })).toBe('UNEXPECTED: x')
})
