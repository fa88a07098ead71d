import { expect, test } from 'vitest'
import { z } from 'zod'
import { adds, baseline, openTarget } from '../../../../drills/support/test-apply.ts'
import { lockOf } from '../../../../drills/support/test-migration.ts'
import { startEngineFor } from '../../../core/server/start.ts'
import { openWriteSession } from '../../../core/server/write-session.ts'
import { applyIndexes } from '../apply.ts'
import { analyzeSteps, bySize } from './statistics-steps.ts'

const rows = new Map([
  ['big', 10_000],
  ['bigger', 2_000_000],
  ['small', 9_999],
])

test('a large table has an ANALYZE of its own, small ones and those of unknown size share one', () => {
  const { large, small } = analyzeSteps('apply', ['Big', 'Small', 'Bigger', 'New'], rows)
  expect(large.map(({ id, sql }) => [id, sql])).toEqual([
    ['apply:analyze:Big', 'ANALYZE TABLE `Big`'],
    ['apply:analyze:Bigger', 'ANALYZE TABLE `Bigger`'],
  ])
  expect(small.map(({ id, sql }) => [id, sql])).toEqual([
    ['apply:analyze:Small, New', 'ANALYZE TABLE `Small`, `New`'],
  ])
  expect(analyzeSteps('apply', ['Big'], rows).small).toEqual([])
})

test('the largest table comes first, and the order of small ones and within a table stays', () => {
  const items = ['New', 'Small', 'Bigger', 'Small', 'Big'].map((table, at) => ({ table, at }))
  expect(bySize(items, rows).map(({ table, at }) => `${table} ${at}`)).toEqual([
    'Bigger 2',
    'Big 4',
    'New 0',
    'Small 1',
    'Small 3',
  ])
})

test("the server's auto-analyze is OFF while indexes are added, and ON again afterwards", async () => {
  await using engine = await startEngineFor(
    { TIDB_SERVER_BIN: process.env['TIDB_SERVER_BIN'], ENGINE_CACHE: process.env['ENGINE_CACHE'] },
    () => {},
  )
  await using admin = await openWriteSession(engine)
  await admin.run('CREATE DATABASE Quiet')
  const isOn = async () => {
    const { on } = await admin.row(
      z.object({ on: z.number() }),
      'SELECT @@GLOBAL.tidb_enable_auto_analyze AS `on`',
    )
    return on === 1
  }
  await using target = await openTarget('', { ...engine, address: { ...engine.address, database: 'Quiet' } })
  const lock = await lockOf(baseline, adds)
  const run = target.newRun()
  await target.session.script('BEGIN; SELECT * FROM Item')
  const applied = applyIndexes(run.runner, lock, [], 'apply')
  await expect.poll(() => run.states(), { timeout: 20_000 }).toContain('running apply:index:Item.k_item')
  expect(await isOn()).toBe(false)
  await target.session.script('COMMIT')
  await applied
  expect(await isOn()).toBe(true)
  expect(run.states().filter((state) => state.includes('setting'))).toEqual([
    'planned apply:setting:tidb_enable_auto_analyze as before',
    'planned apply:setting:tidb_enable_auto_analyze OFF',
    'running apply:setting:tidb_enable_auto_analyze OFF',
    'done apply:setting:tidb_enable_auto_analyze OFF',
    'planned apply:setting:tidb_enable_auto_analyze as before',
    'running apply:setting:tidb_enable_auto_analyze as before',
    'done apply:setting:tidb_enable_auto_analyze as before',
  ])
})
