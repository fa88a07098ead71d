import { describe, expect, test } from 'vitest'
import { planStep, type Step } from '../step/step.ts'
import { progressOf } from './left.ts'
import type { Work } from './work.ts'

const work = (kind: Step['kind'], table: string, name: string, rows: number): Work => ({
  step: planStep('apply', kind, { table, name }, `-- ${table}.${name}`),
  latencyMs: 100,
  rowMs: 0.1,
  rows,
  share: 1,
})
const [one, two] = [work('index', 'a', 'one', 9_000), work('index', 'a', 'two', 9_000)]
const analyze = work('analyze', 'a', '', 9_000)
const works = [one, two, analyze]
const at = (
  elapsedMs: number,
  done: [Work, number?][],
  running: [Work, number, number][] = [],
  all = works,
) =>
  progressOf(
    all,
    {
      done: new Map(done.map(([{ step }, rows]) => [step.id, { rows }])),
      running: running.map(([{ step }, rows, runningMs]) => ({ id: step.id, rows, runningMs })),
      elapsedMs,
    },
    4,
  )

describe('what is left', () => {
  test('at the start is the estimate', () => {
    expect(at(0, [])).toEqual({ rowsDone: 0, rowsInAll: 27_000, rowsPerSecond: 0, leftMs: 3_000 })
  })

  test('goes by the pace that was measured, not by the estimate', () => {
    // One of three took 4 s where 1 s was expected.
    expect(at(4_000, [[one, 9_000]])).toEqual({
      rowsDone: 9_000,
      rowsInAll: 27_000,
      rowsPerSecond: 2_250,
      leftMs: 8_000,
    })
    expect(at(500, [[one, 9_000]])).toMatchObject({ leftMs: 1_000 })
  })

  test('counts the rows that a running job has gone through', () => {
    expect(at(1_500, [[one, 9_000]], [[two, 4_500, 500]])).toMatchObject({ rowsDone: 13_500, leftMs: 1_500 })
  })

  test('takes the rows that a job has really seen for all steps of the table', () => {
    // The statistics said 9,000 rows; there were 99,000.
    const progress = at(10_000, [[one, 99_000]])
    expect(progress).toMatchObject({ rowsDone: 99_000, rowsInAll: 297_000, leftMs: 20_000 })
    expect(at(10_000, [], [[one, 99_000, 10_000]])).toMatchObject({ rowsInAll: 297_000 })
    expect(at(100, [[one, 0]])).toMatchObject({ rowsInAll: 0, leftMs: 200 })
  })

  test('of a job that tells no rows yet goes by time, to one half and no further', () => {
    expect(at(250, [], [[one, 0, 250]])).toMatchObject({ leftMs: 2_750 })
    // It should have been over ten times: what was expected of it is still half to come, at the pace until now.
    expect(at(10_000, [], [[one, 0, 10_000]])).toMatchObject({ leftMs: 50_000 })
  })

  test('is nothing when all is done', () => {
    expect(at(9_000, [[one, 9_000], [two, 9_000], [analyze]])).toMatchObject({ rowsDone: 27_000, leftMs: 0 })
  })

  test('where tables run side by side, is as long as the longest', () => {
    const roomy = (item: Work): Work => ({ ...item, share: 0.25 })
    const all = [roomy(one), roomy(work('index', 'b', 'one', 9_000))]
    expect(at(0, [], [], all)).toMatchObject({ leftMs: 1_000 })
  })
})
