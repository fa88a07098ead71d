import { describe, expect, test } from 'vitest'
import { planStep, type Step } from '../step/step.ts'
import { defaultRates, scaledTo } from './rates.ts'
import type { TableFacts } from './table-facts.ts'
import { aloneMs, workOf } from './work.ts'

const rates = {
  readRowMs: 0.001,
  index: { latencyMs: 100, unitMs: 0.01, sideBySide: 2 },
  analyze: { latencyMs: 200, unitMs: 0.001, sideBySide: 1 },
  constraint: { latencyMs: 50, unitMs: 0.002, sideBySide: 4 },
}
const facts = (rows: number): TableFacts => ({
  rows,
  columns: 8,
  indexes: 2,
  keyBytes: new Map([
    ['narrow', 0],
    ['wide', 100],
  ]),
})
const tables = new Map([
  ['order', facts(100_000)],
  ['small', facts(1_000)],
  ['huge', facts(1_100_000)],
])
const step = (kind: Step['kind'], table: string | string[], name = '', phase: Step['phase'] = 'apply') =>
  planStep(phase, kind, { table, name }, `-- ${kind} ${table} ${name}`)
const alone = (...of: Parameters<typeof step>) => aloneMs(workOf(step(...of), tables, rates))

describe('what a step costs', () => {
  test.each<[string, Parameters<typeof step>, number]>([
    ['an index: its rows', ['index', 'Order', 'Narrow'], 100 + 1000],
    ['an index that is 100 bytes wide: twice as much a row', ['index', 'Order', 'wide'], 100 + 2000],
    ['an index on a table that nobody knows: its latency', ['index', 'unknown', 'i'], 100],
    ['a constraint', ['constraint', 'Order', 'c'], 50 + 200],
    ['ANALYZE: its columns and indexes', ['analyze', 'Order'], 200 + 1000],
    ['ANALYZE of more than it samples: less a row', ['analyze', 'Huge'], 200 + 11_000 * (0.4 + 0.06)],
    ['ANALYZE of several tables in one', ['analyze', ['Order', 'Small', 'small']], 300 + 1000 + 10 + 10],
    ['a switch', ['switch', '', 'x'], 10],
    ['dropping an index', ['index', 'Order', 'wide', 'rollback'], 100],
    ['dropping a constraint', ['constraint', 'Order', 'c', 'rollback'], 50],
  ])('%s', (_, of, ms) => {
    expect(alone(...of)).toBeCloseTo(ms, 6)
  })

  test('and the part of the server that it takes up', () => {
    expect(workOf(step('constraint', 'Order', 'c'), tables, rates).share).toBe(0.25)
    expect(workOf(step('switch', ''), tables, rates).share).toBe(0)
  })
})

test('the rates of a server that reads at half the speed: twice as much a row, the same latency', () => {
  const slow = scaledTo(rates, 0.002)
  expect(slow.index).toEqual({ latencyMs: 100, unitMs: 0.02, sideBySide: 2 })
  expect(slow.readRowMs).toBe(0.002)
  expect(scaledTo(defaultRates, defaultRates.readRowMs)).toEqual(defaultRates)
})
