import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { baseline, openTarget } from '../../../drills/support/test-apply.ts'
import { lockOf } from '../../../drills/support/test-migration.ts'
import type { Engine } from '../../core/server/embedded/engine.ts'
import { startEngineFor } from '../../core/server/start.ts'
import { openWriteSession } from '../../core/server/write-session.ts'
import { type Step, settingStep, stepLog } from '../step/step.ts'
import { applyConstraints, applyIndexes } from './apply.ts'
import { plannedSteps } from './planned.ts'
import type { DdlSpeed } from './settings/ddl-speed.ts'
import { describeSince } from './settings/settings.ts'

// Settings are the whole server's: one of its own, so that no other test changes them meanwhile.
let engine: Engine
beforeAll(async () => {
  engine = await startEngineFor({ TIDB_SERVER_BIN: process.env['TIDB_SERVER_BIN'] }, () => {})
})
afterAll(() => engine.stop())

let databases = 0
const openOwn = async (more = '') => {
  const database = `planned_${databases++}`
  await using session = await openWriteSession(engine)
  await session.run(`CREATE DATABASE ${database}`)
  await session.run('SET GLOBAL tidb_enable_check_constraint = OFF')
  return openTarget(more, { ...engine, address: { ...engine.address, database } })
}

// What apply does to the schema of the tests, and one table where fast reorg is not safe.
const unsafe = 'CREATE TABLE Unsafe (code VARCHAR(9) PRIMARY KEY CLUSTERED, n INT);\n'
const adds = `
ALTER TABLE \`Order\` ADD INDEX k_a (a);
ALTER TABLE Unsafe ADD INDEX k_n (n);
ALTER TABLE NoKey ADD CONSTRAINT ck_none CHECK ((a <> 13));
`
const planAndApply = async (speed: DdlSpeed, more = '', onRecord: readonly Step[] = []) => {
  await using target = await openOwn(`${unsafe}${more}`)
  const lock = await lockOf(`${baseline}${unsafe}`, adds)
  const job = await target.newestJob()
  const ledger = target.newRun().runner.run
  for (const step of onRecord) stepLog.append(ledger, step)
  const planned = [
    ...(await plannedSteps(target.session, lock, { part: 'indexes', speed, ledger })),
    ...(await plannedSteps(target.session, lock, { part: 'constraints' })),
  ].flat()
  expect(await target.newestJob()).toBe(job)
  // As on a server of somebody's own, which MODE=check tells of.
  const { address } = target.server
  const open = () => openWriteSession({ ...engine, address })
  const guard = { open, assertHeld: async () => {}, assertRehearsed: async () => {} }
  const runner = { ...target.newRun().runner, server: { address, guard }, ledger }
  const done = [
    ...(await applyIndexes({ ...runner, connections: 1, speed }, lock, [], 'apply')),
    ...(await applyConstraints({ ...runner, connections: 1 }, lock, [], 'apply')),
  ]
  return {
    since: planned.filter(({ restores }) => restores === 'an earlier run').map(describeSince),
    planned: planned.map(({ id, sql }) => ({ id, sql })),
    done: done.map(({ id, sql }) => ({ id, sql })),
  }
}
const settingsOf = (steps: readonly { sql: string }[]) =>
  steps.flatMap(({ sql }) => /^SET GLOBAL (.*)$/.exec(sql)?.[1] ?? [])

describe('what would be run', () => {
  test('is what apply then runs, in its order, settings of the server and their way back among it', async () => {
    const { planned, done } = await planAndApply({ workers: 7, batchSize: 512 })
    expect(planned).toEqual(done)
    expect(settingsOf(planned)).toEqual([
      'tidb_ddl_enable_fast_reorg = OFF',
      'tidb_ddl_reorg_worker_cnt = 7',
      'tidb_ddl_reorg_batch_size = 512',
      'tidb_ddl_reorg_batch_size = 256',
      'tidb_ddl_reorg_worker_cnt = 4',
      'tidb_ddl_enable_fast_reorg = ON',
      'tidb_enable_check_constraint = ON',
    ])
  })

  test('begins with the settings that a killed run left changed', async () => {
    const variable = 'tidb_ddl_reorg_worker_cnt'
    const at = '2026-01-02T03:04:05.000Z'
    const { planned, done, since } = await planAndApply(
      { workers: 7 },
      'SET GLOBAL tidb_ddl_reorg_worker_cnt = 13;\n',
      [
        settingStep('apply', variable, '4', 'this run'),
        { ...settingStep('apply', variable, '13'), status: 'running', at },
      ],
    )
    expect(planned.map(({ sql }) => sql)).toEqual(done.map(({ sql }) => sql))
    // The report goes by ids: the way back stands there twice.
    expect(new Set(planned.map(({ id }) => id)).size).toBe(planned.length)
    const settings = settingsOf(planned).filter((setting) => setting.includes('worker_cnt'))
    expect(settings).toEqual([4, 7, 4].map((count) => `tidb_ddl_reorg_worker_cnt = ${count}`))
    expect(settingsOf(planned)[0]).toBe(settings[0])
    expect(since).toEqual([`${variable}, changed since ${at}`])
  })

  test('has the ANALYZE that a run killed before it left out', async () => {
    const { planned, done } = await planAndApply(
      {},
      `ALTER TABLE \`Order\` ADD INDEX k_a (a);
ALTER TABLE Unsafe ADD INDEX k_n (n);
INSERT INTO Unsafe VALUES ('a', 1);
ANALYZE TABLE Unsafe;
SET GLOBAL tidb_enable_check_constraint = ON;
ALTER TABLE NoKey ADD CONSTRAINT ck_none CHECK ((a <> 13));
`,
    )
    expect(planned.map(({ sql }) => sql)).toEqual(['ANALYZE TABLE `Order`'])
    expect(done).toEqual(planned)
  })

  test('has no setting that the server has already', async () => {
    const { planned, done } = await planAndApply({ workers: 4 })
    expect(planned).toEqual(done)
    expect(settingsOf(planned)).not.toContainEqual(expect.stringContaining('tidb_ddl_reorg_worker_cnt'))
  })

  test('is nothing where nothing is missing', async () => {
    const { planned, done } = await planAndApply(
      { workers: 7 },
      `ALTER TABLE \`Order\` ADD INDEX k_a (a);
ALTER TABLE Unsafe ADD INDEX k_n (n);
ANALYZE TABLE \`Order\`, Unsafe;
SET GLOBAL tidb_enable_check_constraint = ON;
ALTER TABLE NoKey ADD CONSTRAINT ck_none CHECK ((a <> 13));
`,
    )
    expect(planned).toEqual([])
    expect(done).toEqual([])
  })
})
