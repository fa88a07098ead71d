import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { withWorkers } from './workers.ts'

/** Resources that count how often they were opened and are still open. */
const counted = () => {
  const counts = { opened: 0, open: 0 }
  const open = () => {
    const number = ++counts.opened
    counts.open++
    return {
      number,
      [Symbol.asyncDispose]: async () => {
        counts.open--
      },
    }
  }
  return { counts, open }
}

test('each item is worked on once, by as many workers as told, each with one resource', async () => {
  const { counts, open } = counted()
  const done: [item: number, by: number][] = []
  let [running, most] = [0, 0]
  await withWorkers(3, [1, 2, 3, 4, 5, 6, 7, 8], open, async (item, { number }) => {
    most = Math.max(most, ++running)
    await sleep(5)
    running--
    done.push([item, number])
  })
  expect(done.map(([item]) => item).toSorted()).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
  expect(new Set(done.map(([, by]) => by))).toEqual(new Set([1, 2, 3]))
  expect(most).toBe(3)
  expect(counts).toEqual({ opened: 3, open: 0 })
})

test('after a failure no further item is begun, and those under way end before it is thrown', async () => {
  const { counts, open } = counted()
  const begun: number[] = []
  const ended: number[] = []
  const seen: boolean[] = []
  const work = async (item: number, _: unknown, failed: AbortSignal) => {
    begun.push(item)
    await sleep(item === 2 ? 5 : 40)
    if (item === 2) throw new Error('item 2 is bad')
    seen.push(failed.aborted)
    ended.push(item)
  }
  await expect(withWorkers(3, [1, 2, 3, 4, 5, 6], open, work)).rejects.toThrow('item 2 is bad')
  expect(begun).toEqual([1, 2, 3])
  expect(ended).toEqual([1, 3])
  expect(seen).toEqual([true, true])
  expect(counts.open).toBe(0)
})

test('of two failures the first is thrown', async () => {
  const work = async (ms: number) => {
    await sleep(ms)
    throw new Error(`failed after ${ms}`)
  }
  await expect(withWorkers(2, [30, 5], counted().open, work)).rejects.toThrow('failed after 5')
})

test('a resource that cannot be opened is a failure too', async () => {
  const begun: number[] = []
  const open = async () => {
    throw new Error('no connection')
  }
  const work = async (item: number) => {
    begun.push(item)
  }
  await expect(withWorkers(2, [1, 2], open, work)).rejects.toThrow('no connection')
  expect(begun).toEqual([])
})

test('a generator is drawn from as workers get free, and one that throws is a failure', async () => {
  const { counts, open } = counted()
  let drawn = 0
  const items = function* () {
    for (let n = 1; n <= 4; n++) {
      drawn = n
      yield n
    }
    throw new Error('a table gave too few rows')
  }
  const ahead: number[] = []
  const work = async (item: number) => {
    await sleep(5)
    ahead.push(drawn - item)
  }
  await expect(withWorkers(2, items(), open, work)).rejects.toThrow('too few rows')
  expect(Math.max(...ahead)).toBeLessThanOrEqual(1)
  expect(counts.open).toBe(0)
})
