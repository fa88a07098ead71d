import { expect, test } from 'vitest'
import { planStep } from '../../migrate/step/step.ts'
import { coveredMs, stepSpans } from './server-time.ts'

test('what ran side by side counts once', () => {
  expect(coveredMs([])).toBe(0)
  expect(
    coveredMs([
      { from: 10, to: 20 },
      { from: 0, to: 5 },
      { from: 12, to: 14 },
      { from: 18, to: 25 },
    ]),
  ).toBe(20)
})

test('a step counts from its end back, and only when it is done', () => {
  const step = planStep('apply', 'analyze', { table: 'T', name: 'statistics' }, 'ANALYZE TABLE T')
  const at = '2026-03-01T12:00:01.000Z'
  const to = Date.parse(at)
  const done = { ...step, status: 'done' as const, at, durationMs: 400 }
  expect(stepSpans([step, done, { ...done, kind: 'index' }], 'analyze')).toEqual([{ from: to - 400, to }])
})
