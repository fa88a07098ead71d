import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { openShop, type Shop } from '../../../drills/support/test-shop.ts'
import { explain } from './explain.ts'
import { accesses, fullScans, isCovering, keepsOrder, rangeScans, sorts, usesIndex } from './facts.ts'

const versionRow = z.object({ version: z.string() })

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
afterAll(() => shop[Symbol.asyncDispose]())

const ask = (sql: string) => explain(shop.read, sql)
const kindsOf = (operators: readonly { kind: string }[]) => operators.map(({ kind }) => kind)

describe('usesIndex', () => {
  test.each([
    ['a range', 'SELECT * FROM `Order` o WHERE user_id = 5', 'idx_user_created'],
    ['a full index scan', 'SELECT user_id FROM `Order` o', 'idx_user_created'],
    ['a unique key', "SELECT * FROM `Order` o WHERE coupon = 'coupon7'", 'uq_coupon'],
    ['unique keys', "SELECT * FROM `Order` o WHERE coupon IN ('coupon7', 'coupon8')", 'uq_coupon'],
    [
      'a part of a merge',
      "SELECT * FROM `Order` WHERE user_id = 5 OR customer_email = 'a'",
      'idx_customer_email',
    ],
    ['an expression', "SELECT * FROM `Order` WHERE lower(customer_email) = 'a'", 'idx_lower_email'],
    ['a prefix', "SELECT * FROM `Order` WHERE note >= 'note 7' AND note < 'note 71'", 'idx_note'],
    ['a join', 'SELECT * FROM Item i JOIN `Order` o USING (order_id) WHERE o.user_id = 5', 'idx_order'],
    ['another case', 'SELECT * FROM `Order` o WHERE user_id = 5', 'IDX_USER_CREATED'],
  ])('sees %s', async (_, sql, index) => {
    expect(usesIndex(await ask(sql), index)).toBe(true)
  })

  test('tells two tables with an index of one name apart, through their aliases', async () => {
    const plan = await ask("SELECT * FROM Item o WHERE sku = 'sku7'")
    expect(usesIndex(plan, 'idx_user_created', 'Item')).toBe(true)
    expect(usesIndex(plan, 'idx_user_created', 'Order')).toBe(false)
    const order = await ask('SELECT * FROM `Order` o WHERE user_id = 5')
    expect(usesIndex(order, 'idx_user_created', 'Order')).toBe(true)
    expect(usesIndex(order, 'idx_user_created', 'o')).toBe(false)
  })

  test('does not see an invisible index', async () => {
    const plan = await ask("SELECT order_status FROM `Order` o WHERE order_status = 'PAID'")
    expect(usesIndex(plan, 'idx_hidden')).toBe(false)
  })

  test('throws rather than guess the table behind an alias in a view', async () => {
    const plan = await ask('SELECT * FROM OrderView WHERE user_id = 5')
    expect(usesIndex(plan, 'idx_user_created')).toBe(true)
    expect(() => usesIndex(plan, 'idx_user_created', 'Order')).toThrow(
      /QUERY_PLAN_TABLE_UNKNOWN: IndexRangeScan_\d+ reads `o`, and the server does not say/,
    )
  })
})

describe('scans', () => {
  test.each([
    ['SELECT * FROM `Order` WHERE user_id = 5', ['IndexRangeScan'], []],
    ['SELECT * FROM `Order` WHERE order_id > 3990', ['TableRangeScan'], []],
    ['SELECT * FROM `Order` WHERE order_id = 5', ['Point_Get'], []],
    ['SELECT * FROM `Order` WHERE order_id IN (5, 6)', ['Batch_Point_Get'], []],
    ['SELECT * FROM `Order`', [], ['TableFullScan']],
    ['SELECT user_id FROM `Order`', [], ['IndexFullScan']],
    ["SELECT * FROM `Order` WHERE note LIKE '%7%'", [], ['TableFullScan']],
  ])('%s', async (sql, ranges, full) => {
    const plan = await ask(sql)
    expect(kindsOf(rangeScans(plan))).toEqual(ranges)
    expect(kindsOf(fullScans(plan))).toEqual(full)
  })

  test('of LIKE with a fixed start are full on v7.5.0, even with USE INDEX: the column is _ci', async () => {
    const plan = await ask("SELECT * FROM `Order` USE INDEX (idx_note) WHERE note LIKE 'note 77%'")
    const version = await shop.read.row(versionRow, 'SELECT VERSION() AS version')
    const expected = version.version.endsWith('-v7.5.0') ? ['IndexFullScan'] : []
    expect(kindsOf(fullScans(plan))).toEqual(expected)
  })

  test('are told by table in a join', async () => {
    const plan = await ask(
      'SELECT * FROM `Order` o JOIN Item i ON i.quantity = o.user_id WHERE o.user_id = 5',
    )
    expect(kindsOf(fullScans(plan, 'Item'))).toEqual(['TableFullScan'])
    expect(fullScans(plan, 'Order')).toEqual([])
    expect(rangeScans(plan, 'idx_user_created')).toHaveLength(1)
    expect(accesses(plan, 'item').map(({ accessObject }) => accessObject.alias)).toEqual(['i'])
  })
})

describe('keepsOrder', () => {
  const newest = 'SELECT * FROM `Order` o WHERE user_id = 5 ORDER BY created_at'

  test('holds forwards, backwards and for one row', async () => {
    expect(keepsOrder(await ask(newest), 'idx_user_created')).toBe(true)
    expect(keepsOrder(await ask(`${newest} DESC LIMIT 20`), 'idx_user_created')).toBe(true)
    expect(keepsOrder(await ask("SELECT * FROM `Order` WHERE coupon = 'coupon7'"), 'uq_coupon')).toBe(true)
  })

  test('fails where a Sort or TopN stands above, also above a common table expression', async () => {
    const sorted = await ask('SELECT * FROM `Order` o WHERE user_id IN (5, 6) ORDER BY created_at LIMIT 3')
    expect(keepsOrder(sorted)).toBe(false)
    expect(kindsOf(sorts(sorted))).toContain('TopN')
    const outer = await ask(`
      WITH t AS (SELECT user_id, created_at FROM \`Order\` ORDER BY user_id, created_at LIMIT 50)
      SELECT * FROM t a JOIN t b USING (user_id) ORDER BY a.created_at`)
    expect(keepsOrder(outer)).toBe(false)
  })

  test('fails for another index', async () => {
    expect(keepsOrder(await ask(newest), 'idx_customer_email')).toBe(false)
  })
})

describe('isCovering', () => {
  test('holds for an IndexReader', async () => {
    expect(isCovering(await ask('SELECT created_at FROM `Order` o WHERE user_id = 5'))).toBe(true)
  })

  test('fails for an IndexLookUp, an IndexMerge, a table scan and no read at all', async () => {
    expect(isCovering(await ask('SELECT note FROM `Order` o WHERE user_id = 5'))).toBe(false)
    const merge = await ask("SELECT * FROM `Order` WHERE user_id = 5 OR customer_email = 'a'")
    expect(isCovering(merge, 'idx_customer_email')).toBe(false)
    expect(isCovering(await ask('SELECT * FROM `Order`'))).toBe(false)
    expect(isCovering(await ask('SELECT 1'))).toBe(false)
  })

  test('judges one index of a join by itself', async () => {
    const plan = await ask(
      "SELECT o.created_at, i.quantity FROM `Order` o JOIN Item i ON i.sku = 'sku7' WHERE o.user_id = 5",
    )
    expect(isCovering(plan)).toBe(false)
    const byOrder = await ask(
      'SELECT o.user_id, i.order_id FROM `Order` o JOIN Item i USING (order_id) WHERE o.user_id = 5',
    )
    expect(isCovering(byOrder, 'idx_order')).toBe(true)
  })
})
