import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { openShop, type Shop } from '../../../drills/support/test-shop.ts'
import { explain } from './explain.ts'
import { parsePlan } from './parse.ts'
import { areStatisticsLoading, hasPseudoStatistics, statisticsGaps } from './statistics.ts'

const planRow = z.object({ TiDB_JSON: z.string() })

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
afterAll(() => shop[Symbol.asyncDispose]())

describe('statistics', () => {
  test('of an analyzed table leave no gap', async () => {
    const plan = await explain(shop.read, 'SELECT * FROM `Order` o WHERE user_id = 5')
    expect(hasPseudoStatistics(plan)).toBe(false)
    expect(statisticsGaps(plan)).toEqual([])
  })

  test('are waited for when the server loads them in the background', async () => {
    const sql = 'SELECT * FROM Item i WHERE sku = ? AND quantity = 3'
    await shop.read.setSession('tidb_stats_load_sync_wait', 0)
    const answer = await shop.read.row(planRow, `EXPLAIN FORMAT='tidb_json' ${sql}`, ['sku7'])
    const early = { sql, roots: parsePlan(answer.TiDB_JSON, new Map()), fromBinding: false }
    expect(areStatisticsLoading(early)).toBe(true)
    expect(statisticsGaps(early)).toContainEqual(expect.objectContaining({ kind: 'unloaded' }))

    const settled = await explain(shop.read, sql, ['sku7'])
    expect(areStatisticsLoading(settled)).toBe(false)
    expect(statisticsGaps(settled)).toEqual([])
    await shop.read.setSession('tidb_stats_load_sync_wait', 100)
  })

  test('of a table never analyzed are pseudo', async () => {
    const plan = await explain(shop.read, 'SELECT * FROM Draft d WHERE author = 5')
    expect(hasPseudoStatistics(plan)).toBe(true)
    expect(statisticsGaps(plan)).toContainEqual(
      expect.objectContaining({
        kind: 'pseudo',
        operator: expect.objectContaining({ kind: 'IndexRangeScan' }),
      }),
    )
  })

  test('of an index added after ANALYZE are missing', async () => {
    await shop.write.script(`
      CREATE TABLE Late (id INT PRIMARY KEY, a INT, b INT, KEY idx_a (a));
      INSERT INTO Late SELECT draft_id, author, draft_id FROM Draft;
      ANALYZE TABLE Late;
      ALTER TABLE Late ADD INDEX idx_b (b);`)
    const plan = await explain(shop.read, 'SELECT * FROM Late WHERE b = 5')
    expect(hasPseudoStatistics(plan)).toBe(false)
    expect(statisticsGaps(plan).map(({ kind, names }) => `${kind} ${names}`)).toContain('missing idx_b')
  })
})
