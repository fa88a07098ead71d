import { describe, expect, test } from 'vitest'
import { readSample } from '../../drills/support/test-sample.ts'
import { notMeasured } from './not-measured.ts'
import type { CheckResult } from './summary.ts'

const check = (id: string, status: CheckResult['status'], reason?: string): CheckResult => ({
  id,
  section: id.split('.')[0] ?? '',
  title: id,
  status,
  durationMs: 0,
  ...(reason === undefined ? {} : { reason }),
})

const why = (checks: readonly CheckResult[], ...prefixes: string[]) =>
  notMeasured({ ...readSample(), checks: [...checks] }, prefixes, 'there is none')

describe('why something was not measured', () => {
  const off = check('application.calm', 'skipped', 'TRAFFIC=off')
  test.each<[string, CheckResult[], string[], string]>([
    ['nothing ran', [], ['benchmark'], 'benchmark did not run'],
    ['it was skipped', [off], ['application'], 'TRAFFIC=off'],
    ['it was skipped without a word', [check('a.b', 'skipped')], ['a'], 'no reason given'],
    ['all passed', [check('a.b', 'passed')], ['a'], 'there is none'],
    [
      'a check is red, whatever else was skipped',
      [off, check('application.log', 'failed', 'LOG_ERRORS: 3 lines\n  next: look')],
      ['application'],
      'application.log failed, LOG_ERRORS: 3 lines',
    ],
    [
      'what never runs in a mode is no reason beside a better one',
      [check('a.b', 'skipped', 'MODE=check does not do this'), check('a.c', 'skipped', 'over budget')],
      ['a'],
      'over budget',
    ],
    [
      'the mode, where that is all',
      [check('a.b', 'skipped', 'MODE=check does not do this')],
      ['a'],
      'MODE=check does not do this',
    ],
    ['each reason once', [off, check('b.c', 'skipped', 'TRAFFIC=off')], ['application', 'b'], 'TRAFFIC=off'],
    [
      'many reasons are counted',
      ['1', '2', '3', '4', '5'].map((name) => check(`a.${name}`, 'skipped', `reason ${name}`)),
      ['a'],
      'reason 1; reason 2; reason 3; and 2 more reasons',
    ],
    [
      'a section whose name goes on is another',
      [check('benchmark-before.x', 'passed')],
      ['benchmark'],
      'benchmark did not run',
    ],
    [
      'one item of a family',
      [check('a.b[C]', 'skipped', 'empty'), check('a.b', 'passed')],
      ['a.b[C]'],
      'empty',
    ],
  ])('%s', (_, checks, prefixes, says) => {
    expect(why(checks, ...prefixes)).toBe(`not measured: ${says}`)
  })
})
