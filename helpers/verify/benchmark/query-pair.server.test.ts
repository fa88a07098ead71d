import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { openShop, type Shop } from '../../../drills/support/test-shop.ts'
import { planShapeOf } from '../../core/query-plan/plan.ts'
import type { Index } from '../../core/schema/model.ts'
import { readSnapshot } from '../../core/schema/read-snapshot.ts'
import { createRandom } from '../../migrate/data/random.ts'
import { compareQuery } from './compare-query.ts'
import { queryPairOf, usedOf } from './query-pair.ts'
import { withoutView } from './subjects.ts'

let shop: Shop
let all: Index[]
beforeAll(async () => {
  shop = await openShop()
  await shop.write.run(
    'CREATE VIEW Buyers AS SELECT o.order_id, o.note, (SELECT COUNT(*) FROM Item i WHERE i.order_id = o.order_id) AS items FROM `Order` o WHERE o.user_id = 7',
  )
  all = (await readSnapshot(shop.read)).tables.flatMap(({ indexes }) => indexes)
})
afterAll(() => shop[Symbol.asyncDispose]())

const named = (...names: string[]) => {
  const found = all.filter(({ table, name }) => names.includes(`${table}.${name}`))
  expect(found).toHaveLength(names.length)
  return found
}
const ask = (sql: string, ...names: string[]) => queryPairOf(shop.read, { sql, values: [] }, named(...names))

describe('a query without an index', () => {
  test.each<[string, string, string[]]>([
    ['of one table', 'SELECT * FROM `Order` WHERE user_id = 7', ['Order.idx_user_created']],
    ['by an alias', 'SELECT * FROM `Order` AS o WHERE o.user_id = 7', ['Order.idx_user_created']],
    [
      'with a hint of its own',
      'SELECT /*+ MAX_EXECUTION_TIME(9000) */ * FROM `Order` WHERE user_id = 7',
      ['Order.idx_user_created'],
    ],
    [
      'in a subquery',
      "SELECT * FROM Seat WHERE area IN (SELECT user_id FROM `Order` o WHERE o.customer_email = 'user5@example.org')",
      ['Order.idx_customer_email'],
    ],
    [
      'in a derived table',
      "SELECT * FROM (SELECT order_id FROM `Order` WHERE customer_email = 'user5@example.org') AS found",
      ['Order.idx_customer_email'],
    ],
    [
      'in a UNION',
      "SELECT order_id FROM `Order` a WHERE a.user_id = 7 UNION ALL SELECT order_id FROM `Order` b WHERE b.customer_email = 'user5@example.org'",
      ['Order.idx_user_created', 'Order.idx_customer_email'],
    ],
    [
      'in a join',
      'SELECT i.sku FROM `Order` o JOIN Item i ON i.order_id = o.order_id WHERE o.user_id = 7',
      ['Order.idx_user_created', 'Item.idx_order'],
    ],
    [
      'twice under two aliases',
      'SELECT * FROM `Order` a JOIN `Order` b ON b.order_id = a.order_id + 1 WHERE a.user_id = 7 AND b.user_id = 8',
      ['Order.idx_user_created'],
    ],
    [
      'read by two at once',
      "SELECT /*+ use_index_merge(o) */ * FROM `Order` o WHERE o.user_id = 7 OR o.customer_email = 'user5@example.org'",
      ['Order.idx_user_created', 'Order.idx_customer_email'],
    ],
  ])('%s', async (_, sql, names) => {
    const pair = await ask(sql, ...names)
    expect(pair?.uses.toSorted()).toEqual(names.toSorted())
    expect(pair?.withoutIndexes.bound.sql).not.toBe(sql)
    expect(
      usedOf(pair?.withoutIndexes.plan ?? { sql, roots: [], fromBinding: false }, named(...names)),
    ).toEqual([])
  })

  test('keeps the index of the same name of another table, and all others', async () => {
    const sql =
      "SELECT * FROM Item i JOIN `Order` o ON o.user_id = i.quantity WHERE i.sku = 'sku5' AND o.user_id = 7"
    const pair = await ask(sql, 'Order.idx_user_created')
    expect(pair?.uses).toEqual(['Order.idx_user_created'])
    expect(
      usedOf(
        pair?.withoutIndexes.plan ?? { sql, roots: [], fromBinding: false },
        named('Item.idx_user_created'),
      ),
    ).toEqual(['Item.idx_user_created'])
  })

  test('that it does not use is the same query', async () => {
    const pair = await ask('SELECT * FROM Seat WHERE area = 3', 'Order.idx_user_created')
    expect(pair).toMatchObject({
      uses: [],
      withoutIndexes: { bound: { sql: 'SELECT * FROM Seat WHERE area = 3' } },
    })
  })

  test('that it reads as a point cannot be asked for', async () => {
    expect(await ask("SELECT * FROM `Order` WHERE coupon = 'coupon5'", 'Order.uq_coupon')).toBeUndefined()
  })

  test('is asked with the same values', async () => {
    const bound = { sql: 'SELECT * FROM `Order` WHERE user_id = ?', values: [7] }
    const pair = await queryPairOf(shop.read, bound, named('Order.idx_user_created'))
    expect(pair?.uses).toEqual(['Order.idx_user_created'])
    expect(pair?.withoutIndexes.bound.values).toEqual([7])
  })
})

describe('a view without an index', () => {
  test('is asked for by its own text, subqueries and all', async () => {
    const view = (await readSnapshot(shop.read)).views.find(({ name }) => name === 'Buyers')
    const bound = withoutView({ sql: 'SELECT * FROM Buyers LIMIT 100', values: [] }, view)
    const pair = await queryPairOf(shop.read, bound, named('Order.idx_user_created', 'Item.idx_order'))
    expect(pair?.uses).toContain('Order.idx_user_created')
    expect(
      usedOf(
        pair?.withoutIndexes.plan ?? { sql: '', roots: [], fromBinding: false },
        all.filter(({ name }) => name === 'idx_user_created' || name === 'idx_order'),
      ),
    ).toEqual([])
    const row = z.object({ order_id: z.number(), items: z.number() })
    const rowsOf = async (sql: string) =>
      (await shop.read.rows(row, sql)).toSorted((a, b) => a.order_id - b.order_id)
    expect(await rowsOf(bound.sql)).toEqual(await rowsOf('SELECT * FROM Buyers LIMIT 100'))
  })
})

describe('the plan without the indexes', () => {
  const bound = { sql: 'SELECT * FROM `Order` WHERE user_id = 7', values: [] }
  const compareWith = (shapeBefore: string) =>
    compareQuery(shop.read, bound, named('Order.idx_user_created'), {
      sampleBudget: { budgetMs: 200, atLeast: 10, atMost: 10 },
      tolerance: { percent: 20, ms: 1 },
      random: createRandom(1, 'shape'),
      shapeBefore,
    })

  test('is run in pairs where it is the plan of before the migration, and only there', async () => {
    const pair = await queryPairOf(shop.read, bound, named('Order.idx_user_created'))
    if (pair === undefined) throw new Error('no pair')
    const same = await compareWith(planShapeOf(pair.withoutIndexes.plan))
    expect(same.comparison?.pairs).toBeGreaterThanOrEqual(10)
    const other = await compareWith('0 TableReader  ; 1 TableFullScan `Order` by another plan')
    expect(other).toEqual({ reason: expect.stringMatching(/another plan than before the migration/) })
  })
})

describe('a binding', () => {
  const sql = 'SELECT * FROM `Order` WHERE user_id = 7 ORDER BY note'
  const slow = 'SELECT * FROM `Order` USE INDEX (idx_note) WHERE user_id = 7 ORDER BY note'

  test('that throws the hint away is left out on the other side', async () => {
    await shop.write.run(`CREATE GLOBAL BINDING FOR ${sql} USING ${slow}`)
    try {
      const pair = await ask(sql, 'Order.idx_note')
      expect(pair).toMatchObject({ uses: ['Order.idx_note'], withIndexes: { plan: { fromBinding: true } } })
      expect(pair?.withoutIndexes.plan.fromBinding).toBe(false)
      const { comparison } = await compareQuery(shop.read, { sql, values: [] }, named('Order.idx_note'), {
        sampleBudget: { budgetMs: 500, atLeast: 10, atMost: 20 },
        tolerance: { percent: 20, ms: 1 },
        random: createRandom(1, 'binding'),
        shapeBefore: undefined,
      })
      expect(comparison?.ratio.low).toBeGreaterThan(1)
    } finally {
      await shop.write.run(`DROP GLOBAL BINDING FOR ${sql}`)
    }
  })
})
