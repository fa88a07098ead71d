import { expect, test } from 'vitest'
import type { SqlValue } from '../../core/server/session.ts'
import { insertBatches } from './insert-batches.ts'
import { tableRows } from './table-rows.ts'

const numbers = (table: string, count: number) =>
  tableRows(table, count, ['id'], () => Array.from({ length: count }, (_, index) => ({ id: index + 1 })))

const valueIn = (value: SqlValue): string => {
  const [batch] = insertBatches([tableRows('t', 1, ['v'], () => [{ v: value }])], 10)
  return batch?.sql ?? ''
}

test('rows are cut into batches that never mix two tables', () => {
  const batches = [...insertBatches([numbers('a', 5), numbers('b', 0), numbers('c', 2)], 2)]
  expect(batches.map(({ table, rows }) => `${table.table}:${rows}`)).toEqual(['a:2', 'a:2', 'a:1', 'c:2'])
  expect(batches[1]?.sql).toBe('INSERT INTO `a` (`id`) VALUES\n(3),\n(4)')
})

test('names that are reserved words are quoted', () => {
  const [batch] = insertBatches([tableRows('Order', 1, ['order'], () => [{ order: 1 }])], 10)
  expect(batch?.sql).toBe('INSERT INTO `Order` (`order`) VALUES\n(1)')
})

test.each<[literal: string, value: SqlValue]>([
  ['NULL', null],
  ['12', 12],
  ['12345678901234567890', 12345678901234567890n],
  ['true', true],
  ["'Đà Nẵng'", 'Đà Nẵng'],
  ["'O\\'Brien'", "O'Brien"],
  ["'C:\\\\new'", 'C:\\new'],
  ["'two\\nlines'", 'two\nlines'],
  ["'nul\\0'", 'nul\0'],
])('a value is written as %s', (literal, value) => {
  expect(valueIn(value)).toBe(`INSERT INTO \`t\` (\`v\`) VALUES\n(${literal})`)
})

test('rows are made only when they are asked for', () => {
  let made = 0
  const lazy = tableRows('t', 1_000, ['id'], function* () {
    for (let id = 1; id <= 1_000; id++) {
      made = id
      yield { id }
    }
  })
  insertBatches([lazy], 10).next()
  expect(made).toBe(10)
})
