import { describe, expect, test } from 'vitest'
import type { Position } from '../migrate/lock/position.ts'
import { answerOf } from './answer.ts'
import type { CheckResult } from './summary.ts'

const check = (id: string, more: Partial<CheckResult> = {}): CheckResult => ({
  ...{ id, section: 'preflight', title: id, status: 'passed', durationMs: 1 },
  ...more,
})
const skipped = (id: string, skipCode: CheckResult['skipCode']) => check(id, { status: 'skipped', skipCode })
const at = (side: Position['side']): Position => ({ side, present: [], missing: ['t.i'], different: ['t.c'] })
const violations = (...codes: CheckResult['skipCode'][]) =>
  codes.map((code, n) =>
    code === undefined ? check(`preflight.violations[${n}]`) : skipped(`preflight.violations[${n}]`, code),
  )

describe('what a check says of a target', () => {
  test.each<[string, Position['side'], CheckResult[], string]>([
    ['all was looked at', 'before', violations(undefined, 'OTHER_MODE'), 'ready'],
    [
      'some rows were not looked at',
      'before',
      [...violations(undefined, 'PARTLY_CHECKED', 'OVER_BUDGET'), skipped('integrity.audit-x', 'TIMED_OUT')],
      'ready as far as it was looked at; not on all rows: 2 of 3 preflight.violations, 1 of 1 integrity.audit-x',
    ],
    [
      'after it, too',
      'after',
      violations(undefined, 'PARTLY_CHECKED'),
      'applied as far as it was looked at; not on all rows: 1 of 2 preflight.violations',
    ],
    [
      'what is red comes first',
      'before',
      [...violations('PARTLY_CHECKED'), check('preflight.version', { status: 'failed' })],
      'not ready, because of preflight.version',
    ],
    ['half of it is there', 'between', [], 'applied in part; missing or different: t.i, t.c'],
  ])('%s', (_, side, checks, answer) => {
    expect(answerOf('check', at(side), checks, [])).toBe(answer)
  })
})

test('an apply whose verification did not see all rows says so', () => {
  expect(answerOf('apply', at('before'), violations('TIMED_OUT'), [])).toBe(
    'applied as far as it was looked at; not on all rows: 1 of 1 preflight.violations',
  )
})

test.each([
  ['apply', 'not applied completely, because of 04-indexes did not run'],
  ['rollback', 'not rolled back completely, because of 04-indexes did not run'],
  ['rehearse', 'not rehearsed, because of 04-indexes did not run'],
] as const)('an incomplete run in MODE=%s', (mode, answer) => {
  expect(answerOf(mode, undefined, [], ['04-indexes did not run'])).toBe(answer)
})
