import { expect, test } from 'vitest'
import { runningLine, Silence } from './life-line.ts'

test('the line of life names what runs, since when, and how far it is', () => {
  const since = new Date(2026, 0, 2, 3, 4, 5).getTime()
  const running = { what: 'indexes.apply', since }
  expect(runningLine(running, since + 65_000)).toBe('   running  indexes.apply, since 03:04:05 (1 min 5 s)')
  expect(runningLine(running, since + 5_000, 'step 1 of 4 done')).toBe(
    '   running  indexes.apply, since 03:04:05 (5.0 s); step 1 of 4 done',
  )
})

test('silence is too long after 25 s, so that a line comes within 30', () => {
  const silence = new Silence(0)
  expect(silence.isTooLong(24_999)).toBe(false)
  expect(silence.isTooLong(25_000)).toBe(true)
  silence.broken(25_000)
  expect(silence.isTooLong(49_999)).toBe(false)
  expect(silence.isTooLong(50_000)).toBe(true)
})
