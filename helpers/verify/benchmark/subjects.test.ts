import { describe, expect, test } from 'vitest'
import { toGuideQuery } from '../queries/queries.ts'
import { subjectsOf } from './subjects.ts'

const query = (name: string, about: Record<string, string> = {}) =>
  toGuideQuery({ name, about: { title: name, index: 'T.i', expect: 'range', ...about }, sql: 'SELECT 1' })
const view = (name: string) => ({ name, definition: 'SELECT 1', header: '' })
const marked = query('search', { benchmark: '50 ms p95', reduction: '50 to 80 %' })

describe('benchmarked are', () => {
  test('the marked queries and every view', () => {
    const subjects = subjectsOf(
      [marked, query('other'), query('list', { benchmark: 'measured' })],
      [view('v`1')],
    )
    expect(subjects.map(({ id, limitMs, reduction }) => [id, limitMs, reduction])).toEqual([
      ['search', 50, { from: 50, to: 80 }],
      ['list', undefined, undefined],
      ['v`1', undefined, undefined],
    ])
  })

  test('nothing where no query is marked', () => {
    expect(subjectsOf([query('other')], [view('v')])).toEqual([])
  })

  test('queries and views with the limits that were set', () => {
    const subjects = subjectsOf([marked], [view('v')], { BENCHMARK_LIMITS: { search: 80, v: 30 } })
    expect(subjects.map(({ limitMs }) => limitMs)).toEqual([80, 30])
  })
})

test('a limit for what is not measured is refused', () => {
  expect(() =>
    subjectsOf([marked, query('other')], [], { BENCHMARK_LIMITS: { other: 5, serach: 5 } }),
  ).toThrow(
    /BENCHMARK_LIMIT_UNKNOWN: BENCHMARK_LIMITS names other, serach, which nothing measures[\s\S]*Name one of: search/,
  )
})

test('a reduction that must be kept is set by name, and refused for what is not measured', () => {
  const [search] = subjectsOf([marked], [], { BENCHMARK_REDUCTIONS: { search: 50 } })
  expect(search?.leastReduction).toBe(50)
  expect(() => subjectsOf([marked], [], { BENCHMARK_REDUCTIONS: { serach: 50 } })).toThrow(
    /BENCHMARK_LIMIT_UNKNOWN: BENCHMARK_REDUCTIONS names serach/,
  )
})
