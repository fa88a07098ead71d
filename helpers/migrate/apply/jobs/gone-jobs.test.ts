import { expect, test } from 'vitest'
import type { DdlJob } from './ddl-jobs.ts'
import { watchGone } from './gone-jobs.ts'

const job = (sql: string): DdlJob => ({
  ...{ jobId: 1, table: 't', type: 'add index', state: 'running', schemaState: 'none', rows: 0 },
  sql,
})

test('a statement is gone when looks of 20 s found no job of it, and not before', () => {
  let at = 0
  const watch = watchGone(() => at)
  const lookAt = (second: number, ...sqls: string[]) => {
    at = second * 1000
    watch.look(sqls.map(job))
  }
  expect(watch.isGone('A', 0)).toBe(false)
  lookAt(5, 'A')
  lookAt(100, 'A')
  expect(watch.isGone('A', 0)).toBe(false)
  // After a pause of the watch itself: the job may have ended a moment ago.
  lookAt(140)
  expect(watch.isGone('A', 0)).toBe(false)
  lookAt(159)
  expect(watch.isGone('A', 0)).toBe(false)
  lookAt(160)
  expect(watch.isGone('A', 0)).toBe(true)
  expect(watch.isGone('B', 150_000)).toBe(false)
  lookAt(180)
  expect(watch.isGone('B', 150_000)).toBe(true)
  lookAt(181, 'B')
  expect(watch.isGone('B', 150_000)).toBe(false)
})
