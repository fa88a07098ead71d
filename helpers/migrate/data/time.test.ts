import { expect, test } from 'vitest'
import { compactDate, DAY, secondsOf, sqlTime } from './time.ts'

test('an instant comes back as it was written, in UTC', () => {
  const instant = '2026-11-23 07:08:09'
  expect(sqlTime(secondsOf(instant))).toBe(instant)
  expect(sqlTime(secondsOf(instant) + DAY)).toBe('2026-11-24 07:08:09')
  expect(compactDate(secondsOf(instant))).toBe('261123')
})
