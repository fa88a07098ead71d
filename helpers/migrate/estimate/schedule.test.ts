import { describe, expect, test } from 'vitest'
import { schedule, type Task } from './schedule.ts'

const task = (id: string, aloneMs: number, share = 1): Task => ({
  id,
  queue: id.split('.')[0] ?? '',
  aloneMs,
  share,
})
const endsOf = (tasks: readonly Task[], connections: number) => {
  const { totalMs, spans } = schedule(tasks, connections)
  return {
    totalMs,
    ...Object.fromEntries([...spans].map(([id, { startMs, endMs }]) => [id, [startMs, endMs]])),
  }
}

describe('a schedule', () => {
  test('of nothing takes no time', () => {
    expect(schedule([], 4)).toEqual({ totalMs: 0, spans: new Map() })
  })

  test('runs the steps of one table one after the other, however many connections there are', () => {
    expect(endsOf([task('a.1', 100), task('a.2', 50), task('a.3', 25)], 4)).toEqual({
      totalMs: 175,
      'a.1': [0, 100],
      'a.2': [100, 150],
      'a.3': [150, 175],
    })
  })

  test('runs tables side by side, at full speed while the server has room for both', () => {
    expect(endsOf([task('a.1', 100, 0.5), task('b.1', 60, 0.5)], 4)).toEqual({
      totalMs: 100,
      'a.1': [0, 100],
      'b.1': [0, 60],
    })
  })

  test('slows all down by as much as they ask too much of the server', () => {
    // Both at half speed until b is done at 120; a has 40 left and the server for itself.
    expect(endsOf([task('a.1', 100), task('b.1', 60)], 4)).toEqual({
      totalMs: 160,
      'a.1': [0, 160],
      'b.1': [0, 120],
    })
  })

  test('gives a connection that is free the next table', () => {
    expect(
      endsOf(
        [task('a.1', 100, 0), task('b.1', 10, 0), task('c.1', 10, 0), task('c.2', 10, 0), task('d.1', 50, 0)],
        2,
      ),
    ).toEqual({
      totalMs: 100,
      'a.1': [0, 100],
      'b.1': [0, 10],
      'c.1': [10, 20],
      'c.2': [20, 30],
      'd.1': [30, 80],
    })
  })

  test('takes with one connection the sum of all', () => {
    expect(schedule([task('a.1', 5), task('b.1', 6), task('a.2', 7)], 1).totalMs).toBe(18)
  })

  test('serves a line one at a time in the order of arrival, without a pause while somebody waits', () => {
    const ddl = (id: string, aloneMs: number): Task => ({ ...task(id, aloneMs, 0.5), line: 'index' })
    // b waits for a, which goes at double speed as long as b is there; then b has the server for itself.
    expect(endsOf([ddl('a.1', 100), ddl('b.1', 10)], 4)).toEqual({
      totalMs: 60,
      'a.1': [0, 50],
      'b.1': [0, 60],
    })
    // c comes to its index after b did, and so waits for both; ANALYZE of another table stands in no line.
    expect(endsOf([task('c.1', 20, 0), ddl('c.2', 10), ddl('a.1', 100), ddl('b.1', 10)], 4)).toEqual({
      totalMs: 65,
      'c.1': [0, 20],
      'a.1': [0, 50],
      'b.1': [0, 55],
      'c.2': [20, 65],
    })
  })

  test('comes to an end with tasks that take no time', () => {
    expect(schedule([task('a.1', 0), task('a.2', 0), task('b.1', 0)], 1).totalMs).toBe(0)
  })

  test('never takes less than the longest table, nor more than all in a row', () => {
    const tasks = Array.from({ length: 60 }, (_, n) => task(`t${n % 11}.${n}`, (n * 37) % 101, 0.7))
    const alone = [...Map.groupBy(tasks, ({ queue }) => queue).values()].map((own) =>
      own.reduce((sum, { aloneMs }) => sum + aloneMs, 0),
    )
    const { totalMs } = schedule(tasks, 4)
    expect(totalMs).toBeGreaterThanOrEqual(Math.max(...alone))
    expect(totalMs).toBeLessThanOrEqual(alone.reduce((sum, ms) => sum + ms, 0))
  })
})
