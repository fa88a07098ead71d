import { expect, test } from 'vitest'
import { readSnapshot } from '../../schema/read-snapshot.ts'
import { lockOf } from '../test-migration.ts'
import { applyIndexes } from './apply.ts'
import { unseenTables } from './seen-statistics.ts'
import { baseline, openTarget } from './test-apply.ts'

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

test('statistics that somebody locked are left, and said; the indexes are added all the same', async () => {
  await using target = await openTarget('ANALYZE TABLE `Order`;')
  const lock = await lockOf(baseline, 'ALTER TABLE `Order` ADD INDEX k_a (a);')
  await target.session.script('LOCK STATS `Order`')
  const { runner, said } = target.newRun()
  const steps = await applyIndexes(runner, lock, [], 'apply')
  expect(steps.filter(({ status }) => status !== 'done')).toEqual([])
  expect(steps.filter(({ kind }) => kind === 'analyze').map(({ id }) => id)).toEqual([
    'apply:analyze:Order',
    ...[1, 2, 3, 4, 5].map((time) => `apply:analyze:Order.again ${time}`),
  ])
  expect(said.join('\n')).toMatch(/the planner still knows no statistics of Order; see SHOW STATS_LOCKED/)
  await target.session.script('UNLOCK STATS `Order`')
})
