import { expect, test } from 'vitest'
import { createLoadRecorder, type LoadProgress } from './load-result.ts'
import { tableRows } from './table-rows.ts'

const users = tableRows('User', 3, ['user_id'], () => [])
const roles = tableRows('Role', 1, ['role_id'], () => [])

test('progress and result add up per table and in all', () => {
  const seen: LoadProgress[] = []
  const recorder = createLoadRecorder([roles, users], (progress) => seen.push(progress))
  for (const [table, rows] of [
    [roles, 1],
    [users, 2],
    [users, 1],
  ] as const) {
    recorder.began(table)
    recorder.inserted(table, rows)
  }
  expect(seen.map(({ table, rows, totalRows }) => `${table} ${rows}/${totalRows}`)).toEqual([
    'Role 1/1',
    'User 2/3',
    'User 3/3',
  ])
  const result = recorder.result()
  expect(result.rows).toBe(4)
  expect(result.tables.map(({ table, rows }) => [table, rows])).toEqual([
    ['Role', 1],
    ['User', 3],
  ])
})

test('a table that gives other than the promised number of rows is an error', () => {
  const recorder = createLoadRecorder([users])
  recorder.inserted(users, 2)
  expect(() => recorder.result()).toThrow(
    /DATA_COUNT_WRONG: The generator promised 3 rows of User and gave 2/,
  )
})
