import { expect, test } from 'vitest'
import { HarnessError } from '../../core/errors/harness-error.ts'
import { skippedOnTarget } from './skipped.ts'

const timeout = Object.assign(new Error('maximum statement execution time exceeded'), { errno: 3024 })
const empty = new HarnessError('QUERY_WITHOUT_DATA', {
  what: 'The query q finds no values.',
  next: 'Load data.',
})
const broken = new HarnessError('TABLE_DIFFERENT', { what: 'It differs.', next: 'Look.' })

test.each<[string, unknown, object, object]>([
  ['no row to ask with', empty, {}, { code: 'NO_DATA', message: 'The query q finds no values.' }],
  ['a time limit of a check that reads rows', timeout, { reads: ['T'] }, { code: 'TIMED_OUT' }],
  ['a time limit of a check of what was added', timeout, { afterOnly: true }, { code: 'TIMED_OUT' }],
])('on a target %s is a skip', (_, error, options, skip) => {
  expect(skippedOnTarget(error, options)).toMatchObject(skip)
})

test.each<[string, unknown, object]>([
  ['a time limit of any other check', timeout, {}],
  ['any other error', broken, { reads: ['T'] }],
])('%s stays what it is', (_, error, options) => {
  expect(skippedOnTarget(error, options)).toBe(error)
})
