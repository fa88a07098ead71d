import { expect, test } from 'vitest'
import { z } from 'zod'
import { withDatabase } from '../../../../drills/support/test-server.ts'
import { openWriteSession } from '../../../core/server/write-session.ts'
import { jobOfStatement, unfinishedJobs } from './ddl-jobs.ts'

const queued = 70

const ended = z.object({ isEnded: z.coerce.number() })
const endedSql =
  'SELECT COUNT(*) AS isEnded FROM information_schema.tidb_indexes WHERE TABLE_SCHEMA = DATABASE() AND KEY_NAME = '

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

test('a live job is found beside one that is being rolled back', async () => {
  await using database = await withDatabase('Rolled')
  await using first = await openWriteSession(database.server)
  await using second = await openWriteSession(database.server)
  await using reader = await openWriteSession(database.server)
  for (const table of ['t1', 't2']) {
    await first.run(`CREATE TABLE ${table} (id INT PRIMARY KEY AUTO_INCREMENT, x INT, d INT)`)
    await first.run(`INSERT INTO ${table} (x, d) VALUES (1, 1), (2, 1)`)
    for (let at = 0; at < 12; at++)
      await first.run(`INSERT INTO ${table} (x, d) SELECT x + ${at}, 1 FROM ${table}`)
  }
  const looks = { all: 0, missed: 0 }
  for (let at = 0; at < 3; at++) {
    let isAlive = true
    // v7.5.0 lists the parts of this one as rolled back, in front of younger jobs that live.
    const rolledBack = expect(
      first.run(`ALTER TABLE t1 ADD INDEX a${at} (x), ADD INDEX b${at} (x, d), ADD UNIQUE INDEX u${at} (d)`),
    ).rejects.toThrow(/Duplicate entry/)
    const live = second.run(`ALTER TABLE t2 ADD INDEX k${at} (x, d)`).finally(() => {
      isAlive = false
    })
    let wasSeen = false
    while (isAlive) {
      const isSeen = (await unfinishedJobs(reader)).some(({ table }) => table === 't2')
      if (!isAlive) break
      if (wasSeen) looks.all++
      if (wasSeen && !isSeen && !(await reader.ask(ended, `${endedSql}'k${at}'`)).isEnded) looks.missed++
      wasSeen ||= isSeen
    }
    await Promise.all([rolledBack, live])
  }
  expect(looks.all).toBeGreaterThan(5)
  expect(looks.missed).toBe(0)
})
