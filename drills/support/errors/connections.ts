import { setTimeout as sleep } from 'node:timers/promises'
import getPort from 'get-port'
import { expect } from 'vitest'
import { startProxy } from '../proxy.ts'
import { until } from '../until.ts'
import { type Case, password, type Stage, sqlOf } from './fixture.ts'
import { startListener } from './listener.ts'
import { holdUp, runningJob } from './running.ts'

const add = 'ALTER TABLE Event ADD INDEX idx_starts (starts)'
const make = ['CREATE TABLE Event (id INT PRIMARY KEY, starts INT)', 'INSERT INTO Event VALUES (1, 1)']

/** A DDL whose connection a proxy cuts: the server goes on with it, and to send it again ends in 1061. */
const cutDuringDdl = async (stage: Stage, reset: boolean) => {
  const { run, rows, fails, connect } = stage
  await run(...make)
  await using proxy = await startProxy(stage.address.port)
  const [own, holder] = [await connect({ port: proxy.port }), await holdUp(stage)]
  const failed = fails(own.run(add))
  const job = await runningJob(stage, add)
  proxy.cut(reset)
  const remedy = await failed
  const ask = remedy.find(({ sql }) => sql?.includes('ddl_jobs'))?.sql ?? ''
  const stateNow = async () => (await rows(ask)).find(({ JOB_ID }) => JOB_ID === job)?.['STATE']
  expect(await stateNow()).toBe('running')
  await holder.run('COMMIT')
  await until('the end of the job', async () => (await stateNow()) === 'synced')
  await expect(run(add)).rejects.toMatchObject({ errno: 1061 })
}

export const connectionCases: Readonly<Record<string, Case>> = {
  ECONNREFUSED: async ({ connect, fails }) => {
    const port = await getPort({ host: '127.0.0.1' })
    const remedy = await fails(connect({ port }), { server: '127.0.0.1', port: `${port}` })
    expect(remedy[0]?.command).toBe(`nc -vz -w 10 127.0.0.1 ${port}`)
    await connect()
  },

  ENOTFOUND: async ({ connect, fails }) => {
    const server = 'no-such-host.invalid'
    const remedy = await fails(connect({ host: server }), { server })
    expect(remedy[0]?.command).toBe(`getent hosts ${server}`)
  },

  ETIMEDOUT: async ({ connect, fails }) => {
    await using silent = await startListener(() => {})
    const began = performance.now()
    await fails(connect({ port: silent.port }))
    expect(performance.now() - began).toBeGreaterThan(9_000)
  },

  ECONNRESET: async (stage) => {
    await using rude = await startListener((socket) => socket.resetAndDestroy())
    await stage.fails(stage.connect({ port: rude.port }))
    await cutDuringDdl(stage, true)
  },

  PROTOCOL_CONNECTION_LOST: async (stage) => {
    await using closing = await startListener((socket) => socket.end())
    await stage.fails(stage.connect({ port: closing.port }))
    await cutDuringDdl(stage, false)
  },

  CONNECTION_CLOSED: async ({ connect, fails, run, rows }) => {
    const idle = await connect()
    await run(`KILL ${idle.session.connectionId}`)
    await sleep(1_000)
    const remedy = await fails(idle.run('SELECT 1'))
    await rows(sqlOf(remedy, 0))
    await (await connect()).run('SELECT 1')
  },

  '1040': async ({ connect, fails, run, rows, cleanUp }) => {
    const lift = () => run('SET GLOBAL max_connections = 0')
    cleanUp(lift)
    await run('SET GLOBAL max_connections = 1')
    const remedy = await fails(connect())
    expect(await rows(sqlOf(remedy, 0))).toContainEqual(expect.objectContaining({ USER: 'root' }))
    expect(await rows(sqlOf(remedy, 1))).toEqual([{ Variable_name: 'max_connections', Value: '1' }])
    await lift()
    await connect()
  },

  '1044': async ({ connect, fails, account, run, database }) => {
    const user = await account()
    const remedy = await fails(connect({ user, password }))
    const own = await connect({ user, password, database: 'information_schema' })
    await own.rows(sqlOf(remedy, 0))
    await run(sqlOf(remedy, 1))
    await connect({ user, password })
    // The same of one that does not exist.
    const absent = `${database}_x`
    const ofAbsent = await fails(connect({ user, password, database: absent }), { database: absent })
    await run(sqlOf(ofAbsent, 1))
  },

  '1045': async ({ connect, fails, account, run, rows, tls }) => {
    const user = await account('SELECT ON DB.*')
    const known = { host: '%' }
    const remedy = await fails(connect({ user, password: 'other' }), known)
    await connect({ user, password })
    await run(`ALTER USER '${user}' REQUIRE SSL`)
    await fails(connect({ user, password }), known)
    expect(await rows(sqlOf(remedy, 1))).toEqual([{ User: user, Host: '%' }])
    const [shown] = await rows(sqlOf(remedy, 2))
    expect(Object.values(shown ?? {})[0]).toMatch(/REQUIRE SSL/)
    await connect({ user, password, host: 'localhost', tls: { ca: tls.ca } })
  },

  '3118': async ({ connect, fails, account, run }) => {
    const user = await account('SELECT ON DB.*')
    await run(`ALTER USER '${user}' ACCOUNT LOCK`)
    const remedy = await fails(connect({ user, password }), { host: '%' })
    await run(sqlOf(remedy, 0))
    await connect({ user, password })
  },

  '1049': async ({ connect, fails, rows, database }) => {
    const remedy = await fails(connect({ database: `${database}_x` }))
    expect(await rows(sqlOf(remedy, 0))).toContainEqual({ Database: database })
    await connect({ database: database.toUpperCase() })
  },
}
