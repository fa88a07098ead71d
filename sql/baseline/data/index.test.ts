import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import type { SqlValue } from '../../../helpers/core/server/session.ts'
import type { Scale, TableRows } from '../../../helpers/migrate/data/table-rows.ts'
import { generate } from './index.ts'

type Row = Readonly<Record<string, SqlValue>>

const hashOf = (tables: readonly TableRows[]): string => {
  const hash = createHash('sha256')
  for (const { table, columns, rows } of tables) {
    hash.update(JSON.stringify([table, columns]))
    for (const row of rows) hash.update(JSON.stringify(row))
  }
  return hash.digest('hex').slice(0, 16)
}

const read = (tables: readonly TableRows[]): ((table: string) => Row[]) => {
  const found = new Map(
    tables.map(({ table, columns, rows }) => [
      table,
      [...rows].map((row): Row => Object.fromEntries(columns.map((name, i) => [name, row[i] ?? null]))),
    ]),
  )
  return (table) => found.get(table) ?? []
}

const countsOf = (scale: Scale): Record<string, number> =>
  Object.fromEntries(generate({ seed: 1, scale }).map(({ table, count }) => [table, count]))

const tally = (rows: readonly Row[], key: string): Map<SqlValue | undefined, number> => {
  const counts = new Map<SqlValue | undefined, number>()
  for (const row of rows) counts.set(row[key], (counts.get(row[key]) ?? 0) + 1)
  return counts
}

// A changed hash means other data for everyone: change it only together with the generator.
test('the same seed gives the same rows, on every machine and at every reading', () => {
  const tables = generate({ seed: 1, scale: 'small' })
  const first = hashOf(tables)
  expect(first).toMatchInlineSnapshot(`"5785245cb276bf0a"`)
  expect(hashOf(tables)).toBe(first)
  expect(hashOf(generate({ seed: 1, scale: 'small' }))).toBe(first)
})

test('another seed gives other rows', () => {
  expect(hashOf(generate({ seed: 2, scale: 'small' }))).not.toBe(
    hashOf(generate({ seed: 1, scale: 'small' })),
  )
})

test('the small scale leaves no table too small for an index to be worth it', () => {
  expect(countsOf('small')).toMatchInlineSnapshot(`
    {
      "AuditLog": 1500,
      "Banner": 8,
      "Discount": 340,
      "Event": 260,
      "EventCategory": 12,
      "FavoriteEvent": 800,
      "Order": 1000,
      "OrganizerInfo": 60,
      "Payment": 919,
      "RefundRequest": 260,
      "Role": 4,
      "Seat": 2083,
      "Ticket": 1636,
      "TicketType": 774,
      "User": 400,
      "Venue": 160,
    }
  `)
})

test('the medium scale has 10,000 orders, and lies between the small one and the standard one', () => {
  expect(countsOf('medium')).toMatchInlineSnapshot(`
    {
      "AuditLog": 6000,
      "Banner": 10,
      "Discount": 800,
      "Event": 700,
      "EventCategory": 12,
      "FavoriteEvent": 4000,
      "Order": 10000,
      "OrganizerInfo": 120,
      "Payment": 9102,
      "RefundRequest": 600,
      "Role": 4,
      "Seat": 6012,
      "Ticket": 16676,
      "TicketType": 2048,
      "User": 2000,
      "Venue": 200,
    }
  `)
  for (const [table, count] of Object.entries(countsOf('medium'))) {
    expect(count, table).toBeGreaterThanOrEqual(countsOf('small')[table] ?? 0)
    expect(count, table).toBeLessThanOrEqual(countsOf('standard')[table] ?? 0)
  }
})

test('the standard scale has 100,000 orders and the other tables in proportion', () => {
  expect(countsOf('standard')).toMatchInlineSnapshot(`
    {
      "AuditLog": 60000,
      "Banner": 12,
      "Discount": 3000,
      "Event": 3000,
      "EventCategory": 12,
      "FavoriteEvent": 40000,
      "Order": 100000,
      "OrganizerInfo": 300,
      "Payment": 90948,
      "RefundRequest": 4000,
      "Role": 4,
      "Seat": 30024,
      "Ticket": 166146,
      "TicketType": 8858,
      "User": 20000,
      "Venue": 300,
    }
  `)
})

test.each([0, 1, 7, 2 ** 40])(
  'with seed %i every table gives as many rows as it says, ids from 1 up',
  (seed) => {
    for (const { table, count, columns, rows } of generate({ seed, scale: 'small' })) {
      const all = [...rows]
      expect([table, all.length]).toEqual([table, count])
      if (table === 'FavoriteEvent') continue
      expect(all.findIndex((row, index) => row[0] !== index + 1)).toBe(-1)
      expect(columns[0]).toMatch(/_id$/)
    }
  },
)

test.each([1, 7, 2 ** 40])('with seed %i every foreign key finds its parent', (seed) => {
  const rowsOf = read(generate({ seed, scale: 'small' }))
  for (const [child, column, parent, key] of [
    ['User', 'role_id', 'Role', 'role_id'],
    ['OrganizerInfo', 'user_id', 'User', 'user_id'],
    ['Venue', 'manager_id', 'User', 'user_id'],
    ['Event', 'category_id', 'EventCategory', 'category_id'],
    ['Event', 'venue_id', 'Venue', 'venue_id'],
    ['Event', 'manager_id', 'User', 'user_id'],
    ['TicketType', 'event_id', 'Event', 'event_id'],
    ['Seat', 'ticket_type_id', 'TicketType', 'ticket_type_id'],
    ['Order', 'user_id', 'User', 'user_id'],
    ['Ticket', 'order_id', 'Order', 'order_id'],
    ['Ticket', 'ticket_type_id', 'TicketType', 'ticket_type_id'],
    ['Ticket', 'seat_id', 'Seat', 'seat_id'],
    ['Payment', 'order_id', 'Order', 'order_id'],
    ['RefundRequest', 'order_id', 'Order', 'order_id'],
    ['RefundRequest', 'user_id', 'User', 'user_id'],
    ['RefundRequest', 'reviewed_by', 'User', 'user_id'],
    ['FavoriteEvent', 'user_id', 'User', 'user_id'],
    ['FavoriteEvent', 'event_id', 'Event', 'event_id'],
    ['AuditLog', 'changed_by', 'User', 'user_id'],
  ] as const) {
    const parents = tally(rowsOf(parent), key)
    const orphans = rowsOf(child).filter((row) => row[column] !== null && !parents.has(row[column]))
    expect([child, column, orphans.length]).toEqual([child, column, 0])
  }
})

test.each([1, 7, 2 ** 40])('with seed %i every unique key is kept', (seed) => {
  const rowsOf = read(generate({ seed, scale: 'small' }))
  for (const [table, column] of [
    ['User', 'email'],
    ['OrganizerInfo', 'user_id'],
    ['Order', 'order_code'],
    ['Ticket', 'ticket_code'],
    ['Payment', 'order_id'],
    ['Payment', 'payment_code'],
    ['Discount', 'discount_code'],
  ] as const) {
    const counts = tally(rowsOf(table), column)
    counts.delete(null)
    expect([table, column, Math.max(...counts.values())]).toEqual([table, column, 1])
  }
})

test.each([1, 7, 2 ** 40])('with seed %i what is sold is the number of live tickets', (seed) => {
  const rowsOf = read(generate({ seed, scale: 'small' }))
  const live = rowsOf('Ticket').filter(
    ({ ticket_status }) => ticket_status === 'ACTIVE' || ticket_status === 'USED',
  )
  const sold = tally(live, 'ticket_type_id')
  const soldOfEvent = new Map<SqlValue | undefined, number>()
  for (const { ticket_type_id, event_id, sold_quantity, quantity } of rowsOf('TicketType')) {
    expect([ticket_type_id, sold_quantity]).toEqual([ticket_type_id, sold.get(ticket_type_id) ?? 0])
    expect(Number(sold_quantity)).toBeLessThanOrEqual(Number(quantity))
    soldOfEvent.set(event_id, (soldOfEvent.get(event_id) ?? 0) + Number(sold_quantity))
  }
  for (const { event_id, sold_tickets } of rowsOf('Event')) {
    expect([event_id, sold_tickets]).toEqual([event_id, soldOfEvent.get(event_id)])
  }
})
