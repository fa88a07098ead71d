import { afterAll, beforeAll, expect, test } from 'vitest'
import { openShop, type Shop, stable } from '../../../drills/support/test-shop.ts'
import { explain } from './explain.ts'
import { compactPlan, renderPlan, renderSideBySide } from './tree.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
afterAll(() => shop[Symbol.asyncDispose]())

const ask = async (sql: string) => renderPlan(await explain(shop.write, sql))

test('renders a join with its branches, tables beside aliases', async () => {
  const tree = await ask('SELECT * FROM `Order` o JOIN Item i USING (order_id) WHERE o.user_id = 5')
  expect(stable(tree)).toMatchInlineSnapshot(`
    "id  estRows  task  access object  operator info
    IndexJoin  N  root  inner join, inner:IndexLookUp, outer key:order.order_id, inner key:item.order_id, equal cond:eq(order.order_id, item.order_id)
    ├─IndexLookUp(Build)  N  root
    │ ├─IndexRangeScan(Build)  N  cop[tikv]  table:Order (o), index:idx_user_created(user_id, created_at)  range:[5,5], keep order:false
    │ └─TableRowIDScan(Probe)  N  cop[tikv]  table:Order (o)  keep order:false
    └─IndexLookUp(Probe)  N  root
      ├─IndexRangeScan(Build)  N  cop[tikv]  table:Item (i), index:idx_order(order_id)  range: decided by [eq(item.order_id, order.order_id)], keep order:false
      └─TableRowIDScan(Probe)  N  cop[tikv]  table:Item (i)  keep order:false"
  `)
})

test('lines the columns up', async () => {
  const lines = (await ask('SELECT * FROM `Order` o WHERE user_id = 5')).split('\n')
  const column = lines[0]?.indexOf('access object') ?? -1
  expect(lines.slice(1).map((line) => line.slice(column, column + 8).trim())).toEqual([
    '',
    'table:Or',
    'table:Or',
  ])
})

test('renders a common table expression as a tree of its own', async () => {
  const tree = await ask(
    'WITH t AS (SELECT * FROM `Order` o WHERE user_id = 5) SELECT * FROM t JOIN t u USING (user_id)',
  )
  expect(tree.split('\n').filter((line) => /^\w/.test(line))).toHaveLength(3)
})

test('marks an alias that is unknown', async () => {
  expect(await ask('SELECT * FROM OrderView WHERE user_id = 5')).toContain(
    'table:o (?), index:idx_user_created',
  )
})

test('says that a binding chose the plan', async () => {
  const sql = 'SELECT * FROM `Order` bound WHERE user_id = 5'
  await shop.write.run(`CREATE SESSION BINDING FOR ${sql} USING
    SELECT /*+ ignore_index(bound, idx_user_created) */ * FROM \`Order\` bound WHERE user_id = 5`)
  expect(await ask(sql)).toMatch(/\n\(chosen by a binding: see SHOW GLOBAL BINDINGS\)$/)
})

test('shows two plans next to each other, the shorter one filled up', async () => {
  const [left, right] = [
    await explain(shop.read, 'SELECT * FROM `Order` o WHERE user_id = 5'),
    await explain(shop.read, 'SELECT * FROM Draft WHERE draft_id = 5'),
  ]
  const lines = renderSideBySide(
    { title: 'with', plan: compactPlan(left) },
    { title: 'without', plan: compactPlan(right) },
  ).split('\n')
  const bar = lines[0]?.indexOf('|') ?? -1
  expect(lines[0]?.trim()).toMatch(/^with +\| {2}without$/)
  expect(lines[1]).toMatch(/^IndexLookUp.* \| {2}Point_Get.*table:Draft/)
  expect(lines[2]).toMatch(/IndexRangeScan.*index:idx_user_created\(user_id, created_at\) +\|$/)
  expect(lines.map((line) => line.indexOf('|'))).toEqual(lines.map(() => bar))
})

test.each(['user7@example.org', 'it`s "odd" \\ Ünï', 'order'])(
  'does not show the text %s that the query was asked with, and is judged all the same',
  async (email) => {
    const sql = `SELECT * FROM \`Order\` WHERE customer_email = :email AND note <> :email AND coupon <> UPPER(:email)
    ORDER BY order_id LIMIT 9`
    const plan = await explain(shop.read, sql, { email })
    const infos = renderPlan(plan)
    expect(infos).toContain('range:["?","?"]')
    expect(infos).toMatch(/keep order:(true|false)/)
    expect(JSON.stringify(plan.roots)).toContain(email.slice(0, 4))
    if (email === 'order') return
    for (const part of [email, email.slice(0, 4), email.slice(-4), email.toUpperCase()])
      expect(infos).not.toContain(part)
  },
)

test('hides the first characters that an index holds of a text', async () => {
  const note = `${'a customer`s words '.repeat(20)}`
  const plan = await explain(
    shop.read,
    'SELECT order_id FROM `Order` USE INDEX (idx_note) WHERE note = :note',
    { note },
  )
  expect(renderPlan(plan)).toMatch(/idx_note/)
  expect(renderPlan(plan)).not.toContain('words')
})
