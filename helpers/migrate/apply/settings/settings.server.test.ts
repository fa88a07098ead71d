import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { testServer, withDatabase } from '../../../../drills/support/test-server.ts'
import { RunFolder } from '../../../core/record/run-folder.ts'
import { openWriteSession } from '../../../core/server/write-session.ts'
import { latestSteps, settingStep, stepLog } from '../../step/step.ts'
import type { MigratedServer } from '../steps/migrated-server.ts'
import type { StepRunner } from '../steps/runner.ts'
import { speedSettings } from './ddl-speed.ts'
import { withSettings } from './settings.ts'

const usual = { workers: 4, batchSize: 256 }
const wanted = speedSettings({ workers: 7, batchSize: 512 })
const said: string[] = []
let dir: string
let run: RunFolder
const root = testServer()
const runnerOf = (server: MigratedServer = root): StepRunner => ({
  server,
  run,
  connections: 1,
  say: (line) => said.push(line),
})

const speedNow = async () => {
  await using session = await openWriteSession(root)
  return await session.row(
    z.object({ workers: z.number(), batchSize: z.number() }),
    'SELECT @@GLOBAL.tidb_ddl_reorg_worker_cnt AS workers, @@GLOBAL.tidb_ddl_reorg_batch_size AS batchSize',
  )
}
const settingsOnRecord = () =>
  latestSteps(stepLog.read(run)).map(({ id, restores, status }) =>
    restores === undefined ? `${id}: ${status}` : `${id}, of ${restores}: ${status}`,
  )

beforeEach(() => {
  said.length = 0
  dir = mkdtempSync(join(tmpdir(), 'settings-'))
  run = new RunFolder(dir)
})
afterEach(() => rmSync(dir, { recursive: true }))

const during = async (runner: StepRunner, work: () => Promise<void>, settings = wanted) => {
  await using session = await openWriteSession(root)
  return await withSettings(runner, session, 'apply', settings, async () => {
    await work()
    return []
  })
}

describe('settings of the server', () => {
  test('are set while the work runs, and put back afterwards', async () => {
    let seen: unknown
    const steps = await during(runnerOf(), async () => {
      seen = await speedNow()
    })
    expect(seen).toEqual({ workers: 7, batchSize: 512 })
    expect(await speedNow()).toEqual(usual)
    expect(steps.map(({ sql, status }) => `${sql}: ${status}`)).toEqual([
      'SET GLOBAL tidb_ddl_reorg_worker_cnt = 7: done',
      'SET GLOBAL tidb_ddl_reorg_batch_size = 512: done',
      'SET GLOBAL tidb_ddl_reorg_batch_size = 256: done',
      'SET GLOBAL tidb_ddl_reorg_worker_cnt = 4: done',
    ])
  })

  test('stay as they are unless told, and where they are right already', async () => {
    expect(speedSettings()).toEqual([])
    expect(await during(runnerOf(), async () => {}, speedSettings(usual))).toEqual([])
    expect(stepLog.has(run)).toBe(false)
  })

  test('go back when the work fails, and the error is the work`s', async () => {
    const failing = during(runnerOf(), () => Promise.reject(new Error('the work broke')))
    await expect(failing).rejects.toThrow('the work broke')
    expect(await speedNow()).toEqual(usual)
  })

  const variable = 'tidb_ddl_reorg_worker_cnt'
  /** A line as versions wrote it that had the state of a step in its name. */
  const oldLine = (name: string, value: number, status: string) => ({
    ...{ id: `apply:setting:${name}`, phase: 'apply', kind: 'setting', table: '', name },
    ...{ sql: `SET GLOBAL ${variable} = ${value}`, status, warnings: [] },
  })
  test.each<[string, object[]]>([
    [
      'this version',
      [
        settingStep('apply', variable, '4', 'this run'),
        { ...settingStep('apply', variable, '13'), status: 'running' },
      ],
    ],
    [
      'an earlier version',
      [oldLine(`${variable} as before`, 4, 'planned'), oldLine(`${variable} 13`, 13, 'running')],
    ],
  ])('that a killed run of %s left changed go back before anything else', async (_, lines) => {
    await using session = await openWriteSession(root)
    for (const line of lines) run.append(stepLog.name, line)
    await session.run('SET GLOBAL tidb_ddl_reorg_worker_cnt = 13')
    let seen: unknown
    await during(runnerOf(), async () => {
      seen = await speedNow()
    }, [])
    expect(seen).toEqual(usual)
    expect(settingsOnRecord()).toEqual([
      `apply:setting:${variable} as before, of an earlier run: done`,
      `apply:setting:${variable} 13: running`,
    ])
    expect(said[0]).toMatch(/an earlier run left settings/)
    await during(runnerOf(), async () => {}, [])
    expect(said.filter((line) => line.includes('an earlier run'))).toHaveLength(1)
  })
})

test('what somebody set after a killed run is left as it is', async () => {
  await using session = await openWriteSession(root)
  const variable = 'tidb_ddl_reorg_worker_cnt'
  stepLog.append(run, settingStep('apply', variable, '4', 'this run'))
  stepLog.append(run, { ...settingStep('apply', variable, '13'), status: 'running' })
  await session.run(`SET GLOBAL ${variable} = 8`)
  await during(runnerOf(), async () => {}, [])
  expect(await speedNow()).toMatchObject({ workers: 8 })
  expect(settingsOnRecord()).toContain(`apply:setting:${variable} as before, of this run: already`)
  await session.run(`SET GLOBAL ${variable} = 4`)
})

describe('an account that may not set them', () => {
  const asGuest = async (use: (server: MigratedServer) => Promise<void>) => {
    await using database = await withDatabase('settings')
    await using session = await openWriteSession(root)
    const { database: name = '' } = database.address
    await session.run(`CREATE USER ${name}_guest IDENTIFIED BY 'guest'`)
    await session.run(`GRANT ALL ON ${name}.* TO ${name}_guest`)
    await session.run(`GRANT SELECT ON migration_harness.* TO ${name}_guest`)
    try {
      await use({ ...root, address: { ...database.address, user: `${name}_guest`, password: 'guest' } })
    } finally {
      await session.run(`DROP USER ${name}_guest`)
    }
  }

  test('goes on with what the server has, and says so', () =>
    asGuest(async (server) => {
      let ran = false
      const steps = await during(runnerOf(server), async () => {
        ran = true
      })
      expect(ran).toBe(true)
      expect(steps).toEqual([])
      expect(said.join('\n')).toMatch(
        /tidb_ddl_reorg_worker_cnt is taken as this server has it, 4: .*SYSTEM_VARIABLES_ADMIN/,
      )
      expect(settingsOnRecord()).toContain(
        'apply:setting:tidb_ddl_reorg_worker_cnt as before, of this run: already',
      )
    }))

  test('does nothing at all where a setting is there for safety', () =>
    asGuest(async (server) => {
      let ran = false
      const setting = { variable: 'tidb_ddl_enable_fast_reorg', value: 'OFF', mayBeRefused: false }
      const refused = during(runnerOf(server), async () => {
        ran = true
      }, [setting])
      await expect(refused).rejects.toThrow(/STEP_FAILED[\s\S]*SYSTEM_VARIABLES_ADMIN/)
      expect(ran).toBe(false)
    }))
})
