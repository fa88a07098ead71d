import { expect, test } from 'vitest'
import { openTestSchema } from '../../../../drills/support/test-shapes.ts'
import { watchStillness } from './blockers.ts'
import type { DdlJob } from './ddl-jobs.ts'

const job: DdlJob = {
  ...{ jobId: 7, table: 'quiet', type: 'add index', state: 'running', schemaState: 'write only', rows: 5 },
  sql: 'ALTER TABLE Quiet ADD INDEX k (a)',
}

test('a job that stands still with no transaction in its way is said to wait for a lease, and is no hang', async () => {
  await using schema = await openTestSchema(
    'stillness',
    'CREATE TABLE Quiet (a INT);\nCREATE TABLE Busy (a INT);\n',
  )
  const said: string[] = []
  let at = 0
  const watch = watchStillness(
    (line) => said.push(line),
    () => at,
  )
  const lookAt = async (second: number, now = job) => {
    at = second * 1000
    await watch.look(schema.read, [now])
  }
  await lookAt(0)
  await lookAt(19)
  expect(said).toEqual([])
  await lookAt(21)
  expect(said).toEqual([
    expect.stringMatching(
      /^DDL job 7 on quiet .*no progress for 21 s, .*no transaction .*server .*died.*70 to 80 s/,
    ),
  ])
  expect(watch.blockersOf('Quiet')).toEqual([])
  await lookAt(40)
  await lookAt(45, { ...job, rows: 6 })
  expect(said).toHaveLength(1)
  await lookAt(70, { ...job, rows: 6, state: 'paused' })
  await lookAt(95, { ...job, rows: 6, state: 'paused' })
  expect(said).toHaveLength(1)
})
