import { describe, expect, test } from 'vitest'
import type { Estimate } from '../../estimate/estimator.ts'
import { planStep } from '../../step/step.ts'
import type { DdlJob } from '../jobs/ddl-jobs.ts'
import { paced } from './progress.ts'
import { progressLine } from './progress-line.ts'

const steps = ['one', 'two', 'three', 'four'].map((name) =>
  planStep('apply', 'index', { table: 'Order', name }, `ALTER TABLE Order ADD INDEX ${name}`),
)
const [one, two] = steps
const estimate: Estimate = {
  steps,
  works: steps.map((step) => ({ step, latencyMs: 0, rowMs: 1, rows: 10_000, share: 1 })),
  totalMs: 40_000,
  from: 'plain figures',
}
const job = (rows: number): DdlJob => ({
  jobId: 1,
  table: 'order',
  type: 'add index',
  state: 'running',
  schemaState: 'write reorganization',
  rows,
  sql: two?.sql ?? '',
})
const at = (jobs: DdlJob[], of: Estimate | undefined = estimate) =>
  progressLine(
    {
      steps,
      done: one === undefined ? [] : [{ ...one, status: 'done', rows: 10_000 }],
      running: new Map([[two?.id ?? '', 10_000]]),
      elapsedMs: 30_000,
    },
    jobs,
    of,
    4,
  )

describe('the line of progress', () => {
  test('tells steps, rows of all rows, rows a second, time left, and what runs', () => {
    expect(at([job(5_000)])).toMatchObject({
      text: 'step 1 of 4 done, 30 s; 15,000 of 40,000 rows, 500 rows/s, about 50 s left; running: order 5,000 of 10,000 rows',
      fraction: 30 / 80,
    })
  })

  test('takes more rows than the statistics knew as they are', () => {
    expect(at([job(25_000)]).text).toContain('running: order 25,000 rows')
  })

  test('has no rest where nothing was estimated', () => {
    expect(
      progressLine({ steps, done: [], running: new Map(), elapsedMs: 1_000 }, [job(5)], undefined, 4),
    ).toEqual({
      text: 'step 0 of 4 done, 1.0 s; running: order 5 rows',
      key: expect.any(String),
    })
  })

  test('has the same key while nothing moves', () => {
    expect(at([job(5_000)]).key).toBe(at([job(5_000)]).key)
    expect(at([job(5_000)]).key).not.toBe(at([job(5_001)]).key)
    expect(at([job(5_000)]).key).not.toBe(at([]).key)
  })
})

test('lines come every 4 s while something moves, and every 20 s while nothing does', () => {
  const isDue = paced()
  const said = Array.from({ length: 60 }, (_, second) => second).filter((second) =>
    isDue(second < 20 ? `moves ${second}` : 'stands', second * 1_000),
  )
  expect(said).toEqual([0, 4, 8, 12, 16, 20, 40])
})
