import { expect, test } from 'vitest'
import { failureLines, incompleteLines } from './failure-lines.ts'

const long = (count: number) => Array.from({ length: count }, (_, at) => `line ${at + 1}`).join('\n')
const id = 'query-plans.index[Order.idx_a]'
const shown = (...given: Parameters<typeof failureLines>) => `\n${failureLines(...given).join('\n')}\n`

test('a failure has its id, what happened, why, and what to type next', () => {
  const failure = { code: 'INDEX_MISSING', what: 'a is missing.', why: 'nobody added it.', next: 'ALTER …' }
  expect(shown({ id, failure })).toMatchInlineSnapshot(`
    "
      failed  query-plans.index[Order.idx_a]
              INDEX_MISSING: a is missing.
                why:  nobody added it.
                next: ALTER …
    "
  `)
})

test('a long one is cut to nine lines; why and next stay', () => {
  const failure = { code: 'PLAN_WRONG', what: long(40), why: long(5), next: long(4) }
  expect(shown({ id, failure })).toMatchInlineSnapshot(`
    "
      failed  query-plans.index[Order.idx_a]
              PLAN_WRONG: line 1
              line 2
                … 38 more lines in summary.json
                why:  line 1
                … 4 more lines in summary.json
                next: line 1
              line 2
                … 2 more lines in summary.json
    "
  `)
  expect(failureLines({ id, failure })).toHaveLength(9)
})

test('what nobody expected has the top of its stack', () => {
  const failure = { code: 'UNEXPECTED', what: 'x is not a function' }
  const stack = ['at specs/a.ts:1:2', 'at helpers/b.ts:3:4', 'at c', 'at d']
  expect(shown({ id, failure }, stack)).toMatchInlineSnapshot(`
    "
      failed  query-plans.index[Order.idx_a]
              UNEXPECTED: x is not a function
              at specs/a.ts:1:2
              at helpers/b.ts:3:4
              at c
    "
  `)
})

test('a sentence without an end is shortened, a command never', () => {
  const [, what, next] = failureLines({
    id,
    failure: { code: 'A', what: 'x'.repeat(900), next: `ALTER ${'y'.repeat(900)}` },
  })
  expect(what).toHaveLength(512)
  expect(next).toHaveLength(924)
})

test('a reason without parts is taken as it is, and none is none', () => {
  expect(failureLines({ id, reason: 'no good' })).toEqual([`  failed  ${id}`, '          no good'])
  expect(failureLines({ id })).toEqual([`  failed  ${id}`])
})

test('what is no check is named by its first line', () => {
  const line = `04-indexes.spec.ts: cannot be read\n${long(20)}`
  expect(incompleteLines(line, ['at x'])).toHaveLength(9)
  expect(incompleteLines('a\nb', ['at x'])).toEqual(['  failed  a', '          b', '          at x'])
})
