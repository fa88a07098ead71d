import { expect, test } from 'vitest'
import { planStep, type Step, settingStep } from '../../migrate/step/step.ts'
import { nameOfStep } from './step-tables.ts'

const order = { table: 'Order', name: '' }
test.each<[string, Step]>([
  ['index Order.idx_a', planStep('apply', 'index', { table: 'Order', name: 'idx_a' }, 'ALTER')],
  ['analyze Order', planStep('apply', 'analyze', order, 'ANALYZE')],
  ['analyze Order, attempt 2', planStep('apply', 'analyze', order, 'ANALYZE', { attempt: 2 })],
  ['setting tidb_x = OFF', settingStep('apply', 'tidb_x', 'OFF')],
  ['setting tidb_x back to ON', settingStep('apply', 'tidb_x', 'ON', 'this run')],
  [
    'setting tidb_x back to ON, which an earlier run had changed',
    settingStep('apply', 'tidb_x', 'ON', 'an earlier run'),
  ],
])('%s', (name, step) => {
  expect(nameOfStep(step)).toBe(name)
})
