import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { withDatabase } from '../../../drills/support/test-server.ts'
import { openRawWriteSession } from '../../core/server/session.ts'
import { analyzeLoaded } from './analyze.ts'

/** Longer than the 20 leases after which the server books rows that it has not booked yet. */
const bookingMs = 6_000

test('statistics of loaded tables hold the true number of rows, and still do a while later', {
  timeout: 120_000,
}, async () => {
  await using database = await withDatabase('analyze')
  await using session = await openRawWriteSession(database.address)
  await session.run('CREATE TABLE `Order` (id INT PRIMARY KEY)')
  await session.run('CREATE TABLE nothing (id INT PRIMARY KEY)')
  await session.run('CREATE TABLE parts (id INT PRIMARY KEY) PARTITION BY HASH (id) PARTITIONS 3')
  const ids = Array.from({ length: 3_000 }, (_, id) => `(${id})`)
  await session.run(`INSERT INTO \`Order\` VALUES ${ids.join(',')}`)
  await session.run('INSERT INTO parts SELECT id FROM `Order`')
  const booked = async () =>
    session.rows(
      z.object({ Table_name: z.string(), Row_count: z.number() }),
      "SHOW STATS_META WHERE Db_name = DATABASE() AND Table_name = 'Order'",
    )
  const started = performance.now()
  await analyzeLoaded(session, ['Order', 'nothing', 'parts'])
  // Far less than it waits for rows that are never booked.
  expect(performance.now() - started).toBeLessThan(40_000)
  expect(await booked()).toEqual([{ Table_name: 'Order', Row_count: 3_000 }])
  await sleep(bookingMs)
  expect(await booked()).toEqual([{ Table_name: 'Order', Row_count: 3_000 }])
})
