import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestSchema, type TestSchema } from '../../../drills/support/test-shapes.ts'
import { qualifiedName, type Snapshot } from '../../core/schema/model.ts'
import { readSnapshot } from '../../core/schema/read-snapshot.ts'
import { baselineOf, readMigration, statementsOf } from '../folder/migration.ts'
import { readLock } from '../lock/lock.ts'
import { findAllViolations } from './violations.ts'

type Columns = Readonly<Record<string, string | number | null>>

/** A row of each table that breaks nothing; the keys are the server's. */
const sound: Readonly<Record<string, Columns>> = {
  Event: {
    category_id: 1,
    venue_id: 1,
    manager_id: 1,
    event_name: 'x',
    start_datetime: '2026-05-01 10:00:00',
    end_datetime: '2026-05-01 12:00:00',
    total_capacity: 10,
    sold_tickets: 5,
  },
  TicketType: { event_id: 1, type_name: 'x', price: 5, quantity: 10, sold_quantity: 5, max_per_order: 5 },
  Ticket: { order_id: 1, ticket_type_id: 1, price: 5 },
  Order: { user_id: 1, total_amount: 10, final_amount: 5 },
  Payment: { amount: 5 },
  Discount: {
    discount_name: 'x',
    discount_type: 'PERCENTAGE',
    discount_value: 5,
    usage_limit: 10,
    used_count: 5,
    start_date: '2026-05-01',
    end_date: '2026-05-02',
  },
  RefundRequest: { order_id: 1, user_id: 1, refund_amount: 5, created_at: '2026-05-01 10:00:00' },
  Venue: { venue_name: 'x', address: 'x', city: 'x', capacity: 10, vip_seats: 1, standard_seats: 2 },
}

/** What must differ from row to row in the unique columns. */
const unique: Readonly<Record<string, string>> = {
  Ticket: 'ticket_code',
  Order: 'order_code',
  Payment: 'order_id',
  Discount: 'discount_code',
}

/** Changes of which each breaks this constraint and no other. */
const broken: Readonly<Record<string, readonly Columns[]>> = {
  'Event.chk_event_dates': [
    { end_datetime: '2026-05-01 10:00:00' },
    { end_datetime: '2020-01-01' },
    { start_datetime: '2026-12-31 23:30:00' },
  ],
  'Event.chk_event_sales_dates': [
    { sale_start_datetime: '2026-01-02', sale_end_datetime: '2026-01-01' },
    { sale_start_datetime: '2026-01-02', sale_end_datetime: '2026-01-02' },
  ],
  'Event.chk_event_capacity': [
    { total_capacity: 0, sold_tickets: 0 },
    { total_capacity: 0, sold_tickets: null },
    { total_capacity: -5, sold_tickets: null },
  ],
  'Event.chk_event_sold': [{ sold_tickets: -1 }, { sold_tickets: 11 }, { sold_tickets: -2147483648 }],
  'TicketType.chk_ticket_quantity': [{ sold_quantity: -1 }, { sold_quantity: 11 }],
  'TicketType.chk_ticket_price': [{ price: -0.01 }, { price: -1e12 }],
  'TicketType.chk_ticket_quantity_positive': [
    { quantity: 0, sold_quantity: 0, max_per_order: null },
    { quantity: -3, sold_quantity: null, max_per_order: null },
  ],
  'TicketType.chk_ticket_max_order': [{ max_per_order: 0 }, { max_per_order: -1 }, { max_per_order: 11 }],
  'TicketType.chk_ticket_sale_dates': [
    { sale_start: '2026-01-02', sale_end: '2026-01-01' },
    { sale_start: '2026-01-02', sale_end: '2026-01-02' },
  ],
  'Ticket.chk_ticket_price_positive': [{ price: -1 }],
  'Order.chk_order_amounts': [
    { total_amount: -1 },
    { final_amount: -1 },
    { final_amount: 11 },
    { total_amount: -1, final_amount: -2 },
    { total_amount: -2, final_amount: -1 },
    { total_amount: 0, final_amount: 0.01 },
  ],
  'Payment.chk_payment_amount': [{ amount: -0.01 }],
  'Discount.chk_discount_dates': [
    { end_date: '2026-05-01' },
    { end_date: '2020-01-01' },
    { start_date: '2027-01-01' },
  ],
  'Discount.chk_discount_value': [
    { discount_value: -1 },
    { discount_type: 'FIXED_AMOUNT', discount_value: -1 },
  ],
  'Discount.chk_discount_percentage': [{ discount_value: 100.01 }, { discount_value: 1e6 }],
  'Discount.chk_discount_usage': [
    { used_count: -1 },
    { used_count: -1, usage_limit: null },
    { used_count: 11 },
    { used_count: 0, usage_limit: -1 },
    { used_count: 3, usage_limit: -1 },
    { used_count: -3, usage_limit: -1 },
  ],
  'Discount.chk_discount_limits': [
    { max_discount_amount: -1 },
    { min_order_amount: -1 },
    { max_discount_amount: -1, min_order_amount: -1 },
  ],
  'RefundRequest.chk_refund_amount': [{ refund_amount: -1 }],
  'RefundRequest.chk_refund_reviewed': [
    { reviewed_at: '2026-05-01 09:59:59' },
    { reviewed_at: '1999-01-01' },
  ],
  'Venue.chk_venue_capacity': [
    { capacity: 0 },
    { capacity: -7, vip_seats: null, standard_seats: null },
    { capacity: 0, vip_seats: 0, standard_seats: 0, economy_seats: 0 },
  ],
  'Venue.chk_venue_seats': [
    { vip_seats: -1 },
    { standard_seats: -1 },
    { economy_seats: -1 },
    { vip_seats: -1, standard_seats: null, economy_seats: -9 },
  ],
}

const migration = readMigration('v3')
const { constraints } = readLock(migration).adds
const remedies = statementsOf(migration, 'remedies')

let schema: TestSchema
let snapshot: Snapshot
beforeAll(async () => {
  schema = await openTestSchema('remedies', baselineOf(migration)[0] ?? '')
  await schema.write.run('SET SESSION foreign_key_checks = 0')
  snapshot = await readSnapshot(schema.read)
})
afterAll(() => schema[Symbol.asyncDispose]())

const insert = async (table: string, change: Columns, at: number) => {
  const own = unique[table]
  const row = { ...sound[table], ...(own === undefined ? {} : { [own]: at + 1 }), ...change }
  const marks = Object.keys(row).map(() => '?')
  const names = Object.keys(row).map((name) => `\`${name}\``)
  await schema.write.run(`INSERT INTO \`${table}\` (${names}) VALUES (${marks})`, Object.values(row))
}

const countsOf = async (table: string) => {
  const own = constraints.filter((constraint) => constraint.table === table)
  const found = await findAllViolations(schema.read, snapshot, own, remedies, { showValues: false })
  return Object.fromEntries(found.map(({ constraint, count }) => [qualifiedName(constraint), count]))
}

test('every constraint of V3 has a remedy, and no remedy is for nothing', () => {
  const names = constraints.map(qualifiedName).toSorted()
  expect(remedies.map(({ name }) => name).toSorted()).toEqual(names)
  expect(Object.keys(broken).toSorted()).toEqual(names)
})

describe('a remedy makes every row valid, and changes no row that is', () => {
  test.each(Object.keys(broken))('%s', async (name) => {
    const [table = ''] = name.split('.')
    const changes = broken[name] ?? []
    await schema.write.run(`DELETE FROM \`${table}\``)
    await insert(table, {}, changes.length)
    for (const [at, change] of changes.entries()) await insert(table, change, at)
    const none = Object.fromEntries(Object.keys(await countsOf(table)).map((key) => [key, 0]))
    expect(await countsOf(table)).toEqual({ ...none, [name]: changes.length })
    const remedy = remedies.find((item) => item.name === name)
    const { affectedRows } = await schema.write.run(remedy?.sql ?? '')
    expect(affectedRows).toBe(changes.length)
    expect(await countsOf(table)).toEqual(none)
  })
})
