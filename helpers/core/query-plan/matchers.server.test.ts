import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { failureOf } from '../errors/failure.ts'
import { explain } from './explain.ts'
import './matchers.ts'
import { openShop, type Shop, stable } from '../../../drills/support/test-shop.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
afterAll(() => shop[Symbol.asyncDispose]())

const ask = (sql: string) => explain(shop.read, sql)
const byUser = 'SELECT * FROM `Order` o WHERE user_id = 5'
const all = 'SELECT * FROM `Order` o'

const thrownBy = (expectation: () => unknown): unknown => {
  try {
    expectation()
  } catch (error) {
    return error
  }
  throw new Error('the expectation did not fail')
}

/** What a failing expectation says, without what differs from run to run. */
const messageOf = (expectation: () => unknown): string => {
  const error = thrownBy(expectation)
  if (error instanceof Error) return stable(error.message)
  throw error
}

describe('toUseIndex', () => {
  test('passes', async () => {
    expect(await ask(byUser)).toUseIndex('idx_user_created')
    expect(await ask(byUser)).toUseIndex('idx_user_created', { table: 'Order' })
    expect(await ask(byUser)).not.toUseIndex('idx_user_created', { table: 'Item' })
    expect(await ask(byUser)).not.toUseIndex('idx_note')
  })

  test('fails with what was wanted, what the plan does, what to do, the query and its plan', async () => {
    const plan = await ask(all)
    expect(messageOf(() => expect(plan).toUseIndex('idx_note', { table: 'Order' }))).toMatchInlineSnapshot(`
      "QUERY_PLAN_NOT_WANTED: wanted a plan that uses index idx_note of table Order
      the plan reads by TableFullScan of Order (o)

      SELECT * FROM \`Order\` o

      id  estRows  task  access object  operator info
      TableReader  N  root  data:TableFullScan
      └─TableFullScan  N  cop[tikv]  table:Order (o)  keep order:false
        next: check that SHOW INDEX lists it as visible, run ANALYZE TABLE, and ask with selective parameters."
    `)
  })

  test('fails with .not where the plan uses it', async () => {
    const plan = await ask(byUser)
    expect(messageOf(() => expect(plan).not.toUseIndex('idx_user_created'))).toMatchInlineSnapshot(`
      "QUERY_PLAN_NOT_WANTED: wanted no plan that uses index idx_user_created
      the plan reads by IndexRangeScan on idx_user_created of Order (o)

      SELECT * FROM \`Order\` o WHERE user_id = 5

      id  estRows  task  access object  operator info
      IndexLookUp  N  root
      ├─IndexRangeScan(Build)  N  cop[tikv]  table:Order (o), index:idx_user_created(user_id, created_at)  range:[5,5], keep order:false
      └─TableRowIDScan(Probe)  N  cop[tikv]  table:Order (o)  keep order:false
        next: look at the query, or take the .not out of the test."
    `)
  })
})

describe('toRangeScan', () => {
  test('passes', async () => {
    expect(await ask(byUser)).toRangeScan()
    expect(await ask(byUser)).toRangeScan('idx_user_created')
    expect(await ask('SELECT * FROM `Order` WHERE order_id = 5')).toRangeScan()
    expect(await ask('SELECT user_id FROM `Order`')).not.toRangeScan('idx_user_created')
  })

  test('fails for a full scan of the index', async () => {
    const plan = await ask('SELECT user_id FROM `Order` o')
    expect(() => expect(plan).toRangeScan('idx_user_created')).toThrow(
      /^QUERY_PLAN_NOT_WANTED: wanted a plan that reads index idx_user_created by range or by key\nthe plan reads by IndexFullScan on idx_user_created of Order \(o\)\n[\s\S]*\n {2}next: compare/,
    )
  })
})

describe('toAvoidFullScan', () => {
  const join = 'SELECT * FROM `Order` o JOIN Item i ON i.quantity = o.user_id WHERE o.user_id = 5'

  test('passes', async () => {
    expect(await ask(byUser)).toAvoidFullScan()
    expect(await ask(join)).toAvoidFullScan('Order')
    expect(await ask(join)).not.toAvoidFullScan('Item')
    expect(await ask('SELECT user_id FROM `Order`')).not.toAvoidFullScan()
  })

  test('fails where any table, or the one asked for, is scanned in full', async () => {
    const plan = await ask(join)
    expect(() => expect(plan).toAvoidFullScan()).toThrow(
      /^QUERY_PLAN_NOT_WANTED: wanted a plan that reads its tables without a full scan\nthe plan reads by .*TableFullScan of Item \(i\)/,
    )
    expect(() => expect(plan).toAvoidFullScan('Item')).toThrow(
      /^QUERY_PLAN_NOT_WANTED: wanted a plan that reads Item without a full scan\nthe plan reads by TableFullScan of Item \(i\)\n/,
    )
  })

  test('throws either way for a table that the plan never reads', async () => {
    const plan = await ask(byUser)
    const wanted = /QUERY_PLAN_READS_NOTHING: The plan never reads table Itme: SELECT/
    expect(() => expect(plan).toAvoidFullScan('Itme')).toThrow(wanted)
    expect(() => expect(plan).not.toAvoidFullScan('Itme')).toThrow(wanted)
  })
})

describe('toKeepOrder', () => {
  test('passes', async () => {
    expect(await ask(`${byUser} ORDER BY created_at`)).toKeepOrder()
    expect(await ask(`${byUser} ORDER BY created_at DESC LIMIT 20`)).toKeepOrder('idx_user_created')
    expect(await ask(`${byUser} ORDER BY note`)).not.toKeepOrder()
  })

  test('fails with the operator that sorts', async () => {
    const plan = await ask(`${byUser} ORDER BY note`)
    expect(() => expect(plan).toKeepOrder('idx_user_created')).toThrow(
      /^QUERY_PLAN_NOT_WANTED: wanted a plan that takes its order from index idx_user_created, without a sort\nthe plan reads by IndexRangeScan on idx_user_created of Order \(o\); Sort_\d+ sorts\n/,
    )
  })
})

describe('toBeCovering', () => {
  test('passes', async () => {
    expect(await ask('SELECT created_at FROM `Order` o WHERE user_id = 5')).toBeCovering()
    expect(await ask('SELECT created_at FROM `Order` o WHERE user_id = 5')).toBeCovering('idx_user_created')
    expect(await ask(byUser)).not.toBeCovering()
  })

  test('fails for an IndexLookUp', async () => {
    const plan = await ask(byUser)
    expect(() => expect(plan).toBeCovering('idx_user_created')).toThrow(
      /^QUERY_PLAN_NOT_WANTED: wanted a plan that answers from index idx_user_created alone, without fetching rows\n[\s\S]*IndexLookUp_\d+/,
    )
  })
})

describe('toHaveFreshStatistics', () => {
  const draft = 'SELECT * FROM Draft d WHERE author = 5'

  test('passes', async () => {
    expect(await ask(byUser)).toHaveFreshStatistics()
    expect(await ask(draft)).not.toHaveFreshStatistics()
  })

  test('fails for a table that was never analyzed', async () => {
    const plan = await ask(draft)
    expect(() => expect(plan).toHaveFreshStatistics()).toThrow(
      // Once the server has booked its rows, some 4 s later, it has a table without any histogram.
      /the plan lacked statistics: (?:pseudo|unloaded \(.*\)) at IndexRangeScan_\d+ of Draft \(d\)\n[\s\S]*\n {2}next: run ANALYZE TABLE/,
    )
  })
})

describe('all matchers', () => {
  test('fail in parts: the message of the test is the why, the query and its plan are fields too', async () => {
    const plan = await ask(byUser)
    const failure = failureOf(thrownBy(() => expect(plan, 'Nobody reads notes.').toUseIndex('idx_note')))
    expect(failure).toEqual({
      code: 'QUERY_PLAN_NOT_WANTED',
      what: expect.stringMatching(/^wanted a plan that uses index idx_note\nthe plan reads by /),
      why: 'Nobody reads notes.',
      next: expect.stringMatching(/^check that SHOW INDEX/),
      fields: { sql: byUser, plan: expect.stringContaining('IndexRangeScan') },
    })
    await expect(ask(byUser)).resolves.toUseIndex('idx_user_created')
    await expect(expect(ask(byUser)).resolves.toUseIndex('idx_note')).rejects.toThrow(/QUERY_PLAN_NOT_WANTED/)
  })

  test('throw for a query that reads no table: EXPLAIN has executed the subquery', async () => {
    const plan = await ask('SELECT EXISTS (SELECT 1 FROM `Order` WHERE note = 1)')
    expect(() => expect(plan).not.toUseIndex('idx_note')).toThrow(/QUERY_PLAN_READS_NOTHING/)
    expect(() => expect(plan).toHaveFreshStatistics()).toThrow(/QUERY_PLAN_READS_NOTHING/)
  })

  test('throw for a promise: the await is missing', async () => {
    const pending = ask(byUser)
    expect(() => expect(pending).toUseIndex('idx_note')).toThrow(/QUERY_PLAN_EXPECTED: .* a promise/)
    await pending
  })
})
