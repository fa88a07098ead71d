import { describe, expect, test } from 'vitest'
import { slowdownOf, type Task, totalMs } from './side-by-side.ts'

const task = (table: string, aloneMs: number, share = 1): Task => ({ table, aloneMs, share })

describe('tasks side by side take', () => {
  test.each<[string, readonly Task[], number, number]>([
    ['no time for none', [], 4, 0],
    ['no time for those that take none', [task('a', 0), task('b', 0)], 1, 0],
    ['what one table takes, however many connections', [task('a', 100, 0), task('a', 50, 0)], 4, 150],
    ['as long as the longest, while the server has room', [task('a', 100, 0.5), task('b', 60, 0.5)], 4, 100],
    ['the sum, where each asks for the whole server', [task('a', 100), task('b', 60)], 4, 160],
    ['the sum, on one connection', [task('a', 5, 0), task('b', 6, 0), task('a', 7, 0)], 1, 18],
    [
      'what the connections take, where they are fewer than the tables',
      ['a', 'b', 'c', 'd', 'e'].map((table) => task(table, 100, 0)),
      2,
      250,
    ],
  ])('%s', (_, tasks, connections, ms) => {
    expect(totalMs(tasks, connections)).toBe(ms)
  })

  test('never less than the longest table, nor more than all in a row', () => {
    const tasks = Array.from({ length: 60 }, (_, n) => task(`t${n % 11}`, (n * 37) % 101, 0.7))
    const all = tasks.reduce((ms, { aloneMs }) => ms + aloneMs, 0)
    const alone = [...Map.groupBy(tasks, ({ table }) => table).keys()].map((table) =>
      totalMs(
        tasks.filter((own) => own.table === table),
        1,
      ),
    )
    expect(totalMs(tasks, 4)).toBeGreaterThanOrEqual(Math.max(...alone))
    expect(totalMs(tasks, 4)).toBeLessThanOrEqual(all)
  })
})

describe('each of them is slower than alone', () => {
  test.each<[string, readonly Task[], number, number]>([
    ['not at all in one table', [task('a', 100), task('a', 50)], 4, 1],
    ['not at all while the server has room', [task('a', 100, 0.5), task('b', 100, 0.5)], 4, 1],
    ['twice, where two ask for the whole server', [task('a', 100), task('b', 100)], 4, 2],
    ['as many times as there are connections, not tables', ['a', 'b', 'c'].map((t) => task(t, 9)), 2, 2],
    ['not at all where nothing takes time', [task('a', 0)], 4, 1],
  ])('%s', (_, tasks, connections, times) => {
    expect(slowdownOf(tasks, connections)).toBe(times)
  })
})
