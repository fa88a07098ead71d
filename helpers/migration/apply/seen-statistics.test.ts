import { expect, test } from 'vitest'
import { readSnapshot } from '../../schema/read-snapshot.ts'
import { unseenTables } from './seen-statistics.ts'
import { openTarget } from './test-apply.ts'

test('a table whose new index the planner knows no statistics of is told, until ANALYZE has run', async () => {
  await using target = await openTarget('ALTER TABLE `Order` ADD INDEX k_a (a);')
  const { session } = target
  const indexes = (await readSnapshot(session)).tables
    .flatMap((table) => table.indexes)
    .filter(({ name }) => name === 'k_a')
  expect(await unseenTables(session, indexes)).toEqual(['Order'])
  await session.run('ANALYZE TABLE `Order`')
  expect(await unseenTables(session, indexes)).toEqual([])
})
