import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openShop, type Shop } from '../../../drills/support/test-shop.ts'
import { explain } from './explain.ts'
import { operatorsOf, type QueryPlan } from './plan.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
afterAll(() => shop[Symbol.asyncDispose]())

const ask = (sql: string) => explain(shop.read, sql)
const kinds = (plan: QueryPlan) => operatorsOf(plan).map(({ operator }) => operator.kind)
const accessOf = (plan: QueryPlan, kind: string) =>
  operatorsOf(plan).find(({ operator }) => operator.kind === kind)?.operator.accessObject
const tablesOf = (plan: QueryPlan) =>
  operatorsOf(plan)
    .map(({ operator: { accessObject } }) => accessObject)
    .filter(({ alias }) => alias !== undefined)
    .map(({ alias, table }) => `${alias}=${table}`)

describe('the tree', () => {
  test('has kinds without numbers, roles, rows and access objects', async () => {
    const plan = await ask('SELECT * FROM `Order` WHERE user_id = 5')
    const [root] = plan.roots
    expect(root).toMatchObject({ kind: 'IndexLookUp', role: undefined, taskType: 'root' })
    expect(root?.children[0]).toMatchObject({
      id: expect.stringMatching(/^IndexRangeScan_\d+$/),
      kind: 'IndexRangeScan',
      role: 'Build',
      estRows: expect.any(Number),
      taskType: 'cop[tikv]',
      accessObject: {
        alias: 'Order',
        table: 'Order',
        index: { name: 'idx_user_created', columns: ['user_id', 'created_at'] },
        partition: undefined,
      },
      operatorInfo: expect.stringMatching(/^range:\[5,5\], keep order:false/),
    })
  })

  test.each([
    ['SELECT * FROM `Order` WHERE order_id = 5', 'Point_Get'],
    ['SELECT * FROM `Order` WHERE order_id IN (5, 6)', 'Batch_Point_Get'],
    ['SELECT * FROM `Order` WHERE order_id BETWEEN 5 AND 9', 'TableRangeScan'],
    ['SELECT * FROM `Order`', 'TableFullScan'],
    ['SELECT user_id, created_at FROM `Order`', 'IndexFullScan'],
    ["SELECT * FROM `Order` WHERE user_id = 5 OR customer_email = 'user7@example.org'", 'IndexMerge'],
    ['SELECT 1', 'TableDual'],
  ])('%s has a %s', async (sql, kind) => {
    expect(kinds(await ask(sql))).toContain(kind)
  })

  test('takes positional and named parameters', async () => {
    const positional = await explain(shop.read, 'SELECT * FROM `Order` o WHERE user_id = ?', [5])
    expect(positional.roots[0]?.children[0]?.operatorInfo).toContain('range:[5,5]')
    const named = await explain(shop.read, 'SELECT * FROM `Order` o WHERE user_id = :user', { user: 6 })
    expect(named.roots[0]?.children[0]?.operatorInfo).toContain('range:[6,6]')
    expect(tablesOf(named)).toEqual(['o=Order', 'o=Order'])
  })

  test('has a root of its own for a common table expression that is read twice', async () => {
    const plan = await ask(
      'WITH t AS (SELECT * FROM `Order` o WHERE user_id = 5) SELECT * FROM t JOIN t AS u USING (user_id)',
    )
    expect(plan.roots.map(({ kind }) => kind)).toEqual(['Projection', 'CTE'])
    expect(accessOf(plan, 'IndexRangeScan')?.table).toBe('Order')
  })
})

describe('access objects', () => {
  test('hold an expression index with commas of its own', async () => {
    const plan = await ask("SELECT * FROM `Order` WHERE lower(customer_email) = 'user7@example.org'")
    expect(accessOf(plan, 'IndexRangeScan')?.index).toEqual({
      name: 'idx_lower_email',
      columns: ['lower(`customer_email`)', 'order_id'],
    })
  })

  test('hold the partitions, at the reader', async () => {
    expect(accessOf(await ask('SELECT * FROM Visit v WHERE day = 3'), 'TableReader')).toMatchObject({
      alias: undefined,
      partition: 'p0',
    })
  })

  test('hold a clustered index', async () => {
    const plan = await ask("SELECT * FROM Seat s WHERE area = 1 AND seat = 's1'")
    expect(accessOf(plan, 'Point_Get')).toMatchObject({
      table: 'Seat',
      index: { name: 'PRIMARY', columns: ['area', 'seat'] },
    })
  })
})

describe('aliases', () => {
  test.each([
    ['a join', 'SELECT * FROM `Order` o JOIN Item i USING (order_id) WHERE o.user_id = 5', 'o=Order i=Item'],
    ['no alias', 'SELECT * FROM `Order` WHERE user_id = 5', 'Order=Order'],
    ['another table’s name', 'SELECT * FROM `Order` AS Item WHERE user_id = 5', 'Item=Order'],
    ['upper case', 'SELECT * FROM `order` AS ORD WHERE user_id = 5', 'ORD=Order'],
    [
      'hints of the query’s own',
      'SELECT /*+ max_execution_time(9000) */ * FROM `Order` o WHERE user_id = 5',
      'o=Order',
    ],
    ['a comment first', '-- select it\nSELECT * FROM `Order` o WHERE user_id = 5', 'o=Order'],
    [
      'a union',
      '(SELECT sku FROM Item i WHERE sku = 1) UNION ALL (SELECT note FROM `Order` o)',
      'i=Item o=Order',
    ],
    [
      'a subquery',
      'SELECT * FROM Item i WHERE order_id IN (SELECT order_id FROM `Order` o)',
      'i=Item o=Order',
    ],
    ['an index merge', "SELECT * FROM `Order` o WHERE user_id = 5 OR customer_email = 'a'", 'o=Order'],
    [
      'a self join',
      'SELECT * FROM `Order` a JOIN `Order` b USING (user_id) WHERE a.user_id = 5',
      'a=Order b=Order',
    ],
    ['a key of one row', 'SELECT * FROM `Order` o WHERE order_id = 5', 'Order=Order'],
  ])('are resolved with %s', async (_, sql, expected) => {
    expect(new Set(tablesOf(await ask(sql)))).toEqual(new Set(expected.split(' ')))
  })

  test('stay unknown where two tables share one, and inside a view', async () => {
    const shared =
      'SELECT * FROM `Order` o WHERE order_id IN (SELECT order_id FROM Item o WHERE quantity = 3)'
    expect(new Set(tablesOf(await ask(shared)))).toEqual(new Set(['o=undefined']))
    const view = await ask('SELECT * FROM OrderView WHERE user_id = 5')
    expect(new Set(tablesOf(view))).toEqual(new Set(['o=undefined']))
    const both = 'SELECT * FROM OrderView v JOIN Item o ON o.order_id = v.order_id WHERE v.user_id = 5'
    expect(new Set(tablesOf(await ask(both)))).toEqual(new Set(['o=undefined']))
  })

  test('are resolved where each partition is planned by itself', async () => {
    await shop.write.run("SET SESSION tidb_partition_prune_mode = 'static'")
    const plan = await explain(shop.write, 'SELECT * FROM Visit v WHERE visitor = 5')
    await shop.write.run("SET SESSION tidb_partition_prune_mode = 'dynamic'")
    expect(plan.roots[0]?.kind).toBe('PartitionUnion')
    expect(new Set(tablesOf(plan))).toEqual(new Set(['v=Visit']))
    expect(accessOf(plan, 'IndexRangeScan')).toMatchObject({
      partition: 'p0',
      index: { name: 'idx_visitor' },
    })
  })

  test('are resolved under a binding, and the plan says that one chose it', async () => {
    const sql = 'SELECT * FROM `Order` bound WHERE user_id = 5'
    expect((await explain(shop.write, sql)).fromBinding).toBe(false)
    await shop.write.run(`CREATE SESSION BINDING FOR ${sql} USING
      SELECT /*+ ignore_index(bound, idx_user_created) */ * FROM \`Order\` bound WHERE user_id = 5`)
    const plan = await explain(shop.write, sql)
    expect(plan.fromBinding).toBe(true)
    expect(kinds(plan)).toContain('TableFullScan')
    expect(tablesOf(plan)).toEqual(['bound=Order'])
    expect((await explain(shop.write, sql)).fromBinding).toBe(true)
    await shop.write.run(`DROP SESSION BINDING FOR ${sql}`)
  })
})

describe('what it refuses', () => {
  test('a query that the server refuses, with the server’s error', async () => {
    await expect(ask('SELECT * FROM Nothing')).rejects.toThrow(
      /QUERY_PLAN_REFUSED: The server would not explain: SELECT \* FROM Nothing\n {2}why: .*Nothing' doesn't exist\n {2}next: /,
    )
  })

  test('EXPLAIN ANALYZE, which would execute the query', async () => {
    await expect(ask('ANALYZE SELECT * FROM Item')).rejects.toThrow(/QUERY_PLAN_REFUSED/)
  })

  test('an answer of another shape: a DML statement has no row estimate', async () => {
    await expect(ask('UPDATE Item SET quantity = 1')).rejects.toThrow(/QUERY_PLAN_SHAPE: [\s\S]*"N\/A"/)
  })
})
