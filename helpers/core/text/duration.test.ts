import { expect, test } from 'vitest'
import { duration } from './duration.ts'

test.each([
  [0, '0.0 s'],
  [440, '0.4 s'],
  [9_940, '9.9 s'],
  [9_960, '10 s'],
  [59_499, '59 s'],
  [59_600, '1 min 0 s'],
  [200_000, '3 min 20 s'],
  [7_500_000, '2 h 5 min'],
])('%i ms is %s', (ms, text) => {
  expect(duration(ms)).toBe(text)
})
