import { expect, test } from 'vitest'
import { createMix, type RequestKind } from './requests.ts'

const kind = (name: string, weight: number, has = () => true): RequestKind => ({
  name,
  weight,
  make: () => (has() ? { method: 'GET', path: `/${name}` } : undefined),
})
const draw = (kinds: RequestKind[], count: number) => {
  const next = createMix(kinds)
  return Array.from({ length: count }, () => next().name)
}

test('kinds come by their weight, evenly mixed', () => {
  expect(draw([kind('a', 3), kind('b', 2), kind('c', 1)], 6).join('')).toBe('abacba')
  const many = draw([kind('a', 7), kind('b', 2), kind('c', 1)], 1000)
  expect(['a', 'b', 'c'].map((name) => many.filter((item) => item === name).length)).toEqual([700, 200, 100])
})

test('a kind that has nothing to ask is passed over', () => {
  let open = false
  const next = createMix([kind('a', 1), kind('b', 1, () => open)])
  expect([next().name, next().name, next().name]).toEqual(['a', 'a', 'a'])
  open = true
  expect([next().name, next().name]).toContain('b')
})

test('nothing to ask at all is an error, and no endless loop', () => {
  expect(() => draw([kind('a', 2, () => false)], 1)).toThrow(RangeError)
})
