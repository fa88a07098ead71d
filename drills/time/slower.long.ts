import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Fixture, startFixture } from '../support/fixture.ts'

let fixture: Fixture

// Twenty thousand of each, so that a wrong plan costs more than this machine's noise.
const numbers = (upTo: number) =>
  `WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < ${upTo}) SELECT`
beforeAll(async () => {
  fixture = await startFixture()
  await fixture.plant(
    ['TicketType', 'Ticket'],
    `INSERT INTO TicketType (event_id, type_name, price, quantity) ${numbers(80)} event_id, CONCAT('planted', n), 1, 50 FROM Event, s`,
    `INSERT INTO Ticket (order_id, ticket_type_id, ticket_code, price) ${numbers(12)} order_id, ticket_type_id, CONCAT('planted', n, '-', ticket_id), price FROM Ticket, s`,
  )
  const applied = await fixture.run(['preflight', 'benchmark-before', 'indexes', 'constraints'])
  expect(applied.red, applied.tail).toEqual([])
})
afterAll(async () => fixture[Symbol.asyncDispose]())

const run = () => fixture.run(['benchmark'])
const bound = async (table: string, where: string, index: string, columns = '*') => {
  const query = (hint: string) => `SELECT ${columns} FROM ${table} ${hint} WHERE ${where}`
  await fixture.sql(`CREATE GLOBAL BINDING FOR ${query('')} USING ${query(`USE INDEX (${index})`)}`)
  return { [Symbol.asyncDispose]: () => fixture.sql(`DROP GLOBAL BINDING FOR ${query('')}`) }
}

// What else is measured in the same run may be hit by whatever this machine does besides.
const isRed = async (id: string) => {
  const outcome = await run()
  return { red: outcome.red.includes(id), reason: outcome.reasonOf(id), tail: outcome.tail }
}

test('without a fault both are green', async () => {
  const { red, tail } = await run()
  expect(red, tail).not.toContain('benchmark.holder-tickets')
  expect(red, tail).not.toContain('benchmark.sales-per-event')
})

test('a query that is forced through a new index that is wrong for it is red: both plans side by side', async () => {
  await using _fault = await bound('Ticket', "holder_email = 'x'", 'idx_ticket_type_status')
  const { red, reason, tail } = await isRed('benchmark.holder-tickets')
  expect(red, tail).toBe(true)
  expect(reason).toMatch(
    /BENCHMARK_SLOWER: holder-tickets: with the new indexes it takes [\d.]+ times as long[\s\S]*by a binding[\s\S]*with the new indexes +\| +without them[\s\S]*IndexFullScan.*idx_ticket_type_status.*\|/,
  )
})

test('a query that uses no new index, and yet takes a slower plan than before, is red: both plans side by side', async () => {
  const columns = 'event_id, COUNT(*), SUM(quantity), SUM(sold_quantity)'
  await using _fault = await bound('TicketType', 'is_active = 1 GROUP BY event_id', 'idx_event', columns)
  const { red, reason, tail } = await isRed('benchmark.sales-per-event')
  expect(red, tail).toBe(true)
  expect(reason).toMatch(
    /BENCHMARK_SLOWER: sales-per-event: p50 was [\d.]+ ms before the migration and is \d+ ms[\s\S]*A binding chose the plan of now[\s\S]*now +\| +before the migration[\s\S]*IndexFullScan.*idx_event\(event_id\).*\|/,
  )
})
