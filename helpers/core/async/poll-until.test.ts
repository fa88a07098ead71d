import { expect, test } from 'vitest'
import { forEver, pollUntil } from './poll-until.ts'

/** A look that finds something the n-th time. */
const foundAt = (n: number) => {
  let looks = 0
  return { look: () => (++looks === n ? `at look ${looks}` : undefined), looks: () => looks }
}

test('the value that was found is returned, and nobody looks again', async () => {
  const { look, looks } = foundAt(4)
  expect(await pollUntil(look, { everyMs: 1, limitMs: forEver })).toBe('at look 4')
  expect(looks()).toBe(4)
})

test('false is no answer, and zero and the empty text are', async () => {
  const answers = [false, undefined, 0]
  expect(await pollUntil(async () => answers.shift(), { everyMs: 1, limitMs: 1_000 })).toBe(0)
  expect(await pollUntil(() => '', { everyMs: 1, limitMs: 0 })).toBe('')
})

test('after the limit one last look is taken, then there is none', async () => {
  const started = performance.now()
  let lastAt = 0
  const look = () => {
    lastAt = performance.now() - started
    return undefined
  }
  expect(await pollUntil(look, { everyMs: 10, limitMs: 50 })).toBeUndefined()
  expect(lastAt).toBeGreaterThanOrEqual(50)
})

test('without any time it looks once', async () => {
  const { look, looks } = foundAt(2)
  expect(await pollUntil(look, { everyMs: 1, limitMs: 0 })).toBeUndefined()
  expect(looks()).toBe(1)
})

test('the pause is kept between two looks', async () => {
  const started = performance.now()
  await pollUntil(foundAt(3).look, { everyMs: 40, limitMs: forEver })
  // A timer may fire a little early.
  expect(performance.now() - started).toBeGreaterThanOrEqual(76)
})

test('at the limit the error of the caller is thrown, where it gives one', async () => {
  const late = () => new Error('the server did not come to it')
  await expect(pollUntil(() => false, { everyMs: 1, limitMs: 10, late })).rejects.toThrow(
    'did not come to it',
  )
})

test('what a look throws ends the wait', async () => {
  const look = () => Promise.reject(new Error('refused'))
  await expect(pollUntil(look, { everyMs: 1, limitMs: forEver })).rejects.toThrow('refused')
})
