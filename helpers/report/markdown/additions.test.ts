import { describe, expect, test } from 'vitest'
import { readSample } from '../../../drills/support/test-sample.ts'
import type { CheckResult, Summary } from '../summary.ts'
import { constraints, indexes } from './additions.ts'

const sample = readSample()
const rollbackWith = (status: CheckResult['status']): Summary => ({
  ...sample,
  mode: 'rollback',
  checks: [
    {
      id: 'rollback.dropped',
      section: 'rollback',
      title: 'what is on record is dropped',
      status,
      durationMs: 1,
    },
  ],
  steps: sample.steps.filter(({ phase }) => phase === 'rollback'),
})

describe('what a rollback did', () => {
  test.each<[CheckResult['status'], string, string]>([
    ['passed', '25 dropped; as before the migration', '21 dropped; as before the migration'],
    [
      'failed',
      '25 dropped; not all that was added, see rollback.dropped',
      '21 dropped; not all that was added, see rollback.dropped',
    ],
  ])('%s', (status, ofIndexes, ofConstraints) => {
    const summary = rollbackWith(status)
    expect([indexes(summary).glance, constraints(summary).glance]).toEqual([ofIndexes, ofConstraints])
  })

  test('where it was not looked at, that is said', () => {
    expect(indexes(rollbackWith('skipped')).glance).toMatch(/^not measured/)
  })
})
