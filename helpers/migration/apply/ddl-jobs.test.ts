import { expect, test } from 'vitest'
import { withDatabase } from '../../../drills/test-server.ts'
import { openWriteSession } from '../../target/write-session.ts'
import { jobOfStatement, unfinishedJobs } from './ddl-jobs.ts'

const queued = 70

test('the newest job of a statement is found', async () => {
  await using database = await withDatabase('Jobs')
  await using session = await openWriteSession(database.server)
  await session.run('CREATE TABLE t (a INT)')
  const add = 'ALTER TABLE t ADD INDEX k (a)'
  await session.run(add)
  const first = await jobOfStatement(session, add)
  await session.run('ALTER TABLE t DROP INDEX k')
  await session.run(add)
  const second = await jobOfStatement(session, add)
  expect(second?.jobId).toBeGreaterThan(first?.jobId ?? Number.POSITIVE_INFINITY)
  expect(second).toMatchObject({ table: 't', state: 'synced', schemaState: 'public', sql: add })
  expect(await jobOfStatement(session, 'ALTER TABLE t ADD INDEX never (a)')).toBeUndefined()
  expect(await unfinishedJobs(session)).toEqual([])
})

test('every unfinished job of the database is found, also when there are more than one look shows', async () => {
  await using database = await withDatabase('Queue')
  await using session = await openWriteSession(database.server)
  await session.run('CREATE TABLE t (a INT)')
  await session.run('CREATE TABLE parts (a INT, b INT)')
  // The parts of this job stand at "done" in the history for good.
  await session.run('ALTER TABLE parts ADD INDEX k (a), ADD INDEX l (b)')
  await using reader = await openWriteSession(database.server)
  await reader.script('BEGIN; SELECT * FROM t')
  await using sessions = new AsyncDisposableStack()
  const sent: Promise<unknown>[] = []
  for (let at = 0; at < queued; at++) {
    const own = sessions.use(await openWriteSession(database.server))
    sent.push(own.run(`ALTER TABLE t COMMENT = '${at}'`))
  }
  await expect.poll(() => unfinishedJobs(session), { timeout: 30_000, interval: 200 }).toHaveLength(queued)
  const jobs = await unfinishedJobs(session)
  expect(jobs.map(({ jobId }) => jobId)).toEqual(jobs.map(({ jobId }) => jobId).toSorted((a, b) => a - b))
  expect(new Set(jobs.map(({ sql }) => sql)).size).toBe(queued)
  await reader.script('COMMIT')
  await Promise.all(sent)
  expect(await unfinishedJobs(session)).toEqual([])
})
