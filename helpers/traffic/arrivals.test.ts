import { afterEach, expect, test, vi } from 'vitest'
import { startArrivals } from './arrivals.ts'

afterEach(() => void vi.restoreAllMocks())

test('when the next one is due by the time that the timer is set, the wait is 0 and not negative', async () => {
  const now = vi.spyOn(performance, 'now')
  for (const ms of [0, 0, 1, 5]) now.mockReturnValueOnce(ms)
  const timers = vi.spyOn(globalThis, 'setTimeout')
  const arrivals = startArrivals({ perSecond: 500, atOnce: 2, serve: async () => {} })
  expect(timers.mock.calls[0]?.[1]).toBe(0)
  await arrivals.end()
})
