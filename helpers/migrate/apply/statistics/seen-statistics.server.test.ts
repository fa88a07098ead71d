import { expect, test } from 'vitest'
import { baseline, openTarget } from '../../../../drills/support/test-apply.ts'
import { lockOf } from '../../../../drills/support/test-migration.ts'
import { readSnapshot } from '../../../core/schema/read-snapshot.ts'
import { applyIndexes } from '../apply.ts'
import { unseenTables } from './seen-statistics.ts'

test('a table whose new index the planner knows no statistics of is told, until ANALYZE has run', async () => {
  await using target = await openTarget('ALTER TABLE `Order` ADD INDEX k_a (a);')
  const { session } = target
  const indexes = (await readSnapshot(session)).tables
    .flatMap((table) => table.indexes)
    .filter(({ name }) => name === 'k_a')
  expect(await unseenTables(session, indexes)).toEqual(['Order'])
  await session.run('ANALYZE TABLE `Order`')
  expect(await unseenTables(session, indexes)).toEqual([])
  await session.run('ALTER TABLE `Order` DROP INDEX k_a')
  await session.run('ALTER TABLE `Order` ADD INDEX k_a (a)')
  // SHOW STATS_HISTOGRAMS still lists the statistics of the index that had the name before.
  expect(await unseenTables(session, indexes)).toEqual(['Order'])
})

test('an empty table is not waited for, nor an index that the planner may not use', async () => {
  await using target = await openTarget('ALTER TABLE `Order` ADD INDEX k_a (a) INVISIBLE;')
  const { session } = target
  await session.run('CREATE TABLE Nothing (a INT, KEY k_nothing (a))')
  await session.run('ANALYZE TABLE Nothing')
  const indexes = (await readSnapshot(session)).tables
    .flatMap((table) => table.indexes)
    .filter(({ name }) => name === 'k_a' || name === 'k_nothing')
  expect(indexes).toHaveLength(2)
  expect(await unseenTables(session, indexes)).toEqual([])
})

test('an empty partition that is planned by itself is not taken for a table without statistics', async () => {
  await using target = await openTarget()
  const { session } = target
  await session.run(`CREATE TABLE Parts (a INT, KEY k_parts (a))
    PARTITION BY RANGE (a) (PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES LESS THAN (20))`)
  await session.run('INSERT INTO Parts VALUES (1), (2)')
  await session.setSession('tidb_partition_prune_mode', 'static')
  const indexes = (await readSnapshot(session)).tables
    .flatMap((table) => table.indexes)
    .filter(({ name }) => name === 'k_parts')
  expect(await unseenTables(session, indexes)).toEqual(['Parts'])
  await session.run('ANALYZE TABLE Parts')
  expect(await unseenTables(session, indexes)).toEqual([])
})

test('statistics that somebody locked are left, and said; the indexes are added all the same', async () => {
  await using target = await openTarget('ANALYZE TABLE `Order`;')
  const lock = await lockOf(baseline, 'ALTER TABLE `Order` ADD INDEX k_a (a);')
  await target.session.script('LOCK STATS `Order`')
  const { runner, said } = target.newRun()
  const steps = await applyIndexes(runner, lock, [], 'apply')
  expect(steps.filter(({ status }) => status !== 'done')).toEqual([])
  expect(steps.filter(({ kind }) => kind === 'analyze').map(({ id }) => id)).toEqual(['apply:analyze:Order'])
  expect(said.join('\n')).toContain(
    'the statistics of Order are locked (SHOW STATS_LOCKED), and stay as they are',
  )
  expect(await applyIndexes(target.newRun().runner, lock, [], 'apply')).toEqual([])
  await target.session.script('UNLOCK STATS `Order`')
})
