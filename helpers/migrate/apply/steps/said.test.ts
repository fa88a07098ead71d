import { expect, test } from 'vitest'
import { planStep } from '../../step/step.ts'
import { afterSteps, isWorthALine, stepLine } from './said.ts'

const step = (name: string, durationMs: number) => ({
  ...planStep('apply', 'index', { table: 'Order', name }, 'ALTER …'),
  status: 'done' as const,
  durationMs,
})

test('a step has its rows and its time beside the estimate', () => {
  expect(stepLine({ ...step('a', 2_000), rows: 4_000, estimateMs: 1_000 }, 3, 25)).toBe(
    'step 3 of 25  apply:index:Order.a, 4,000 rows, 2.0 s, estimated 1.0 s: 2.00 of it',
  )
})

test('a step that ran alone has no number', () => {
  expect(stepLine(step('a', 100), 1, 1)).toBe('apply:index:Order.a, 0.1 s')
})

test('one of many has a line of its own when it took long or was blocked', () => {
  expect(isWorthALine(step('a', 59_999), 25, false)).toBe(false)
  expect(isWorthALine(step('a', 60_000), 25, false)).toBe(true)
  expect(isWorthALine({ ...step('a', 5), blockedBy: ['transaction 1'] }, 25, false)).toBe(true)
  expect(isWorthALine(step('a', 5), 1, false)).toBe(true)
  const setting = { ...step('a', 5), kind: 'setting' as const }
  expect(isWorthALine(setting, 1, false)).toBe(false)
  expect(isWorthALine(setting, 1, true)).toBe(true)
})

test('all together have one, with the longest', () => {
  expect(afterSteps([step('a', 300), step('b', 900)], 1_100)).toBe(
    '2 steps took 1.1 s; the longest: apply:index:Order.b, 0.9 s',
  )
  expect(afterSteps([step('a', 300)], 300)).toBeUndefined()
})
