import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { serverErrorNumber } from '../../../helpers/core/errors/server-error.ts'
import { until } from '../until.ts'
import { type Case, type Client, type Stage, sqlOf } from './fixture.ts'

const add = 'ALTER TABLE Event ADD INDEX idx_starts (starts)'
const make = ['CREATE TABLE Event (id INT PRIMARY KEY, starts INT)', 'INSERT INTO Event VALUES (1, 1)']

const jobsOf = (client: Client, statement: string) =>
  client.rows(
    `SELECT JOB_ID AS id, STATE AS state FROM information_schema.ddl_jobs WHERE LOWER(DB_NAME) = LOWER(DATABASE()) AND QUERY = '${statement}' ORDER BY JOB_ID DESC`,
  )

/** A transaction that holds up every DDL on Event until it ends. */
export const holdUp = async ({ connect }: Stage): Promise<Client> => {
  const holder = await connect()
  await holder.run('BEGIN', 'SELECT * FROM Event')
  return holder
}

/** Waits until the server has a running job of this statement; its number. */
export const runningJob = async (client: Client, statement: string): Promise<unknown> => {
  const isRunning = async () => (await jobsOf(client, statement))[0]?.['state'] === 'running'
  await until('the running job', isRunning)
  return (await jobsOf(client, statement))[0]?.['id']
}

export const runningCases: Readonly<Record<string, Case>> = {
  '1317': async (stage) => {
    const own = await stage.connect()
    const columns = 'information_schema.columns'
    const long = `SELECT COUNT(*) FROM ${columns} a, ${columns} b, ${columns} c`
    const failed = stage.fails(own.run(long))
    await until('the statement in the process list', async () => {
      const found = await stage.rows(
        `SELECT ID FROM information_schema.processlist WHERE ID = ${own.session.connectionId} AND INFO = '${long}'`,
      )
      return found.length > 0
    })
    await stage.run(`KILL QUERY ${own.session.connectionId}`)
    const remedy = await failed
    expect(await stage.rows(sqlOf(remedy, 0))).toContainEqual(
      expect.objectContaining({ ID: own.session.connectionId, INFO: null }),
    )
    await own.run('SELECT 1')

    // A DDL may have ended well all the same: only its job tells.
    await stage.run(...make)
    const holder = await holdUp(stage)
    const altered = own.run(add).then(
      () => 0,
      (error: unknown) => serverErrorNumber(error),
    )
    const job = await runningJob(stage, add)
    await stage.run(`KILL QUERY ${own.session.connectionId}`)
    await holder.run('COMMIT')
    expect([1317, 8214]).toContain(await altered)
    const found = await stage.rows(sqlOf(remedy, 1))
    const isDone = found.some(({ JOB_ID, STATE }) => JOB_ID === job && STATE === 'synced')
    expect(await stage.rows("SHOW INDEX FROM Event WHERE Key_name = 'idx_starts'")).toHaveLength(
      isDone ? 1 : 0,
    )
  },

  '3024': async (stage) => {
    await stage.run(...make)
    const limited = await stage.connect({}, { statementSeconds: 1 })
    const remedy = await stage.fails(limited.run('SELECT SLEEP(2) FROM Event'))
    expect(await limited.rows(sqlOf(remedy, 0))).toEqual([{ '@@max_execution_time': 1000 }])
    // No DDL is stopped by it.
    const holder = await holdUp(stage)
    const altered = limited.run(add)
    await runningJob(stage, add)
    await sleep(1500)
    await holder.run('COMMIT')
    await altered
    await limited.run(sqlOf(remedy, 1), 'SELECT SLEEP(2) FROM Event')
  },

  '8028': async (stage) => {
    const { run, fails, connect, rows, cleanUp } = stage
    cleanUp(() => run('SET GLOBAL tidb_enable_metadata_lock = ON'))
    await run(...make, 'SET GLOBAL tidb_enable_metadata_lock = OFF')
    const writer = await connect()
    const write = ['BEGIN', 'INSERT INTO Event VALUES (2, 2)']
    await writer.run(...write)
    await run(add)
    const remedy = await fails(writer.run('COMMIT'))
    expect(await rows('SELECT id FROM Event')).toEqual([{ id: 1 }])
    await run(sqlOf(remedy, 1))
    await writer.run(...write)
    const drop = 'ALTER TABLE Event DROP INDEX idx_starts'
    const dropped = run(drop)
    const other = await connect()
    await runningJob(other, drop)
    await writer.run('COMMIT')
    await dropped
    expect(await rows('SELECT id FROM Event')).toHaveLength(2)
  },

  '8214': async (stage) => {
    const { run, rows, fails, connect } = stage
    await run(...make)
    const ways = [
      (job: unknown) => `ADMIN CANCEL DDL JOBS ${job}`,
      (_: unknown, id: number) => `KILL QUERY ${id}`,
      (_: unknown, id: number) => `KILL ${id}`,
    ]
    for (const way of ways) {
      const [own, holder] = [await connect(), await holdUp(stage)]
      const failed = fails(own.run(add))
      const job = await runningJob(stage, add)
      await run(way(job, own.session.connectionId))
      // The connection looks only now and then whether it was killed; let go before, and the DDL ends well.
      const isRunning = async () => (await jobsOf(stage, add))[0]?.['state'] === 'running'
      await until('the end of the job', async () => !(await isRunning()))
      await holder.run('COMMIT')
      const remedy = await failed
      expect(await rows(sqlOf(remedy, 0))).toContainEqual(
        expect.objectContaining({ JOB_ID: job, STATE: expect.stringMatching(/cancelled|rollback done/) }),
      )
      expect(await rows("SHOW INDEX FROM Event WHERE Key_name = 'idx_starts'")).toEqual([])
    }
    await run(add)
  },
}
