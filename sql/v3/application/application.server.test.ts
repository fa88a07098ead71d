import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { withDatabase } from '../../../drills/support/test-server.ts'
import { RunFolder } from '../../../helpers/core/record/run-folder.ts'
import { figuresShape } from '../../../helpers/core/record/traffic.ts'
import type { ThrowAwayServer } from '../../../helpers/core/server/throw-away.ts'
import { openWriteSession } from '../../../helpers/core/server/write-session.ts'
import { loadBaselineData } from '../../../helpers/migrate/data/load-baseline-data.ts'
import { createBaseline } from '../../../helpers/migrate/folder/create-baseline.ts'
import { readMigration, seedOf, statementsOf } from '../../../helpers/migrate/folder/migration.ts'
import { type Application, applicationDir, startApplication } from '../../../helpers/traffic/application.ts'
import { startChild } from '../../../helpers/traffic/child.ts'
import { purchaseLog, readJournal } from '../../../helpers/traffic/journal.ts'
import { assertAccounted, readAccounts } from '../../../helpers/traffic/purchases.ts'

const migration = readMigration('v3')
const folder = applicationDir(migration)
const resources = new AsyncDisposableStack()
let server: ThrowAwayServer
let application: Application
let run: RunFolder

beforeAll(async () => {
  server = resources.use(await withDatabase('shop')).server
  await using session = await openWriteSession(server)
  await createBaseline(session, migration)
  await loadBaselineData(migration, () => openWriteSession(server), {
    seed: 20_260_120,
    scale: 'small',
    connections: 2,
  })
  await session.script(seedOf(migration))
  application = resources.use(await startApplication(folder, server))
  run = new RunFolder(mkdtempSync(join(tmpdir(), 'shop-')))
  resources.defer(() => rmSync(run.dir, { recursive: true }))
})
afterAll(() => resources.disposeAsync())

const answerShape = z.record(z.string(), z.unknown())
const send = async (path: string, body?: object) => {
  const response = await fetch(`${application.url}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: response.status, body: answerShape.parse(await response.json()) }
}
const shop = async () =>
  z
    .object({ buyers: z.array(z.number()), types: z.array(z.number()), users: z.array(z.number()) })
    .parse((await send('/api/shop')).body)
const rows = async (sql: string) => {
  await using session = await openWriteSession(server)
  return await session.rows(answerShape, sql)
}
const accounts = async () => {
  await using session = await openWriteSession(server)
  return await readAccounts(session, statementsOf(migration, 'accounts'), readJournal(run))
}
const wish = async (purchase: string, changes: object = {}) => {
  const { buyers, types } = await shop()
  return { purchase, user: buyers[0], type: types[0], quantity: 2, ...changes }
}

describe('the application', () => {
  test('has buyers and ticket types of its own', async () => {
    const { buyers, types, users } = await shop()
    expect([buyers.length, types.length, users.length]).toEqual([50, 8, 400])
  })

  test.for([
    ['/api/events', 20],
    ['/api/events/featured', 1],
  ] as const)('answers %s with events to come, soonest first', async ([path, atLeast]) => {
    const { status, body } = await send(path)
    const events = z
      .array(z.object({ start_datetime: z.string(), price_from: z.string() }))
      .parse(body['events'])
    expect(status).toBe(200)
    expect(events.length).toBeGreaterThanOrEqual(atLeast)
    expect(events).toEqual(events.toSorted((a, b) => a.start_datetime.localeCompare(b.start_datetime)))
  })

  test('answers a user`s orders, newest first', async () => {
    const { body } = await send('/api/users/1/orders')
    const orders = z.array(z.object({ created_at: z.string(), tickets: z.number() })).parse(body['orders'])
    expect(orders.length).toBeGreaterThan(1)
    expect(orders).toEqual(orders.toSorted((a, b) => b.created_at.localeCompare(a.created_at)))
  })

  test('answers 404 to what it does not have', async () => {
    expect((await send('/api/nothing')).status).toBe(404)
    expect((await send('/api/orders', await wish('TRAFFIC-none', { type: 999_999_999 }))).status).toBe(404)
    expect((await send('/api/payments/call-back', { transaction: 'unknown' })).status).toBe(404)
  })

  test('sells tickets: order, tickets, payment and both counts change together', async () => {
    const { status, body } = await send('/api/orders', await wish('TRAFFIC-one'))
    expect([status, body['purchase']]).toEqual([201, 'TRAFFIC-one'])
    expect(
      await rows(`SELECT o.order_status, o.final_amount, p.payment_status, p.amount, COUNT(*) AS tickets, SUM(t.price) AS price
                    FROM \`Order\` o JOIN Payment p USING (order_id) JOIN Ticket t USING (order_id)
                   WHERE o.order_code = 'TRAFFIC-one' GROUP BY 1, 2, 3, 4`),
    ).toEqual([
      {
        order_status: 'PENDING',
        final_amount: '500000.00',
        payment_status: 'PENDING',
        amount: '500000.00',
        tickets: 2,
        price: '500000.00',
      },
    ])
    expect((await accounts()).faults).toEqual(['1 purchases are there that nobody made: TRAFFIC-one'])
  })

  test('takes the call-back of the gateway, once and twice', async () => {
    for (const _ of [1, 2]) {
      expect((await send('/api/payments/call-back', { transaction: 'TRAFFIC-one' })).status).toBe(200)
      expect(
        await rows(`SELECT o.order_status, p.payment_status, o.paid_at IS NULL AS unpaid
                      FROM \`Order\` o JOIN Payment p USING (order_id) WHERE o.order_code = 'TRAFFIC-one'`),
      ).toEqual([{ order_status: 'PAID', payment_status: 'SUCCESS', unpaid: 0 }])
    }
  })

  test('does not make the same purchase twice', async () => {
    const { status, body } = await send('/api/orders', await wish('TRAFFIC-one'))
    expect(status).toBe(500)
    expect(body['error']).toMatch(/Duplicate entry 'TRAFFIC-one'/)
    expect((await accounts()).faults).toEqual(['1 purchases are there that nobody made: TRAFFIC-one'])
  })

  test('never sells more than there is, however many ask at once', async () => {
    const { types } = await shop()
    await using session = await openWriteSession(server)
    await session.run('UPDATE TicketType SET quantity = sold_quantity + 5 WHERE ticket_type_id = ?', [
      types[1] ?? 0,
    ])
    const wishes = await Promise.all(
      Array.from({ length: 8 }, (_, n) => wish(`TRAFFIC-last-${n}`, { type: types[1], quantity: 1 })),
    )
    const answers = await Promise.all(wishes.map((body) => send('/api/orders', body)))
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 201, 201, 201, 201, 409, 409, 409])
    expect((await accounts()).faults).toEqual([
      expect.stringMatching(/^6 purchases are there that nobody made/),
    ])
    await session.run('UPDATE TicketType SET quantity = 1000000 WHERE ticket_type_id = ?', [types[1] ?? 0])
  })

  test('does not serve a server that is not throw-away', async () => {
    const refused = startApplication(folder, { ...server, token: 'another' })
    await expect(refused).rejects.toThrow(/CHILD_ENDED[\s\S]*NOT_THROW_AWAY/)
  })

  test('ends when its harness does', async () => {
    const other = await startApplication(folder, server)
    await other[Symbol.asyncDispose]()
    expect(other.process.end()).toBe('exit code 0')
    await expect(fetch(`${other.url}/api/shop`)).rejects.toThrow()
  })
})

test('its buyers leave books that balance', async () => {
  await using session = await openWriteSession(server)
  await session.run("DELETE FROM `Order` WHERE order_code LIKE 'TRAFFIC-%'")
  await session.run("UPDATE TicketType SET sold_quantity = 0 WHERE type_name LIKE 'Traffic %'")
  await session.run("UPDATE Event SET sold_tickets = 0 WHERE group_id = 'traffic'")
  await using buyers = startChild(join(import.meta.dirname, '../../../helpers/traffic/generator.ts'), {
    url: application.url,
    buyers: join(folder, 'buyers.ts'),
    rate: 20,
    journal: run.path(purchaseLog.name),
    label: 'books',
    timeoutSeconds: 10,
  })
  buyers.say('start')
  await buyers.next(z.object({ sending: z.number() }))
  await sleep(2000)
  buyers.say('end')
  const figures = await buyers.next(figuresShape)
  expect(figures.messages).toEqual([])
  expect(figures.byRequest.map(({ request }) => request).toSorted()).toEqual([
    'buy',
    'call-back',
    'events',
    'featured',
    'user-orders',
  ])
  const balanced = await accounts()
  expect(balanced).toMatchObject({ faults: [], madeWithoutAnswer: [], notMade: [] })
  assertAccounted(balanced)
  const { acknowledged } = readJournal(run)
  const refused = new Map([['TRAFFIC-books-0', '409: sold out']])
  expect(
    await readAccounts(session, statementsOf(migration, 'accounts'), { acknowledged, unknown: refused }),
  ).toMatchObject({ faults: [], notMade: [{ purchase: 'TRAFFIC-books-0', reason: '409: sold out' }] })

  const fault = async (sql: string, says: RegExp) => {
    await session.run('BEGIN')
    await session.run(sql)
    const found = await readAccounts(session, statementsOf(migration, 'accounts'), readJournal(run))
    await session.run('ROLLBACK')
    expect(found.faults.join('\n')).toMatch(says)
    expect(() => assertAccounted(found)).toThrow(/PURCHASES_WRONG/)
  }
  const own = "LIKE 'TRAFFIC-%' LIMIT 1"
  await fault(
    `DELETE FROM Ticket WHERE ticket_code ${own}`,
    /\(sold-types\)\n.*\(sold-events\)\n.*\(order-tickets\)/,
  )
  await fault(
    `DELETE FROM \`Order\` WHERE order_code ${own}`,
    /^1 purchases were acknowledged and are lost: TRAFFIC-books-/,
  )
  await fault(
    `UPDATE \`Order\` SET order_code = 'TRAFFIC-x' WHERE order_code ${own}`,
    /that nobody made: TRAFFIC-x/,
  )
  await fault(`UPDATE Payment SET amount = amount + 1 WHERE payment_code ${own}`, /\(order-payments\)/)
  await fault(
    `UPDATE Payment SET payment_status = 'SUCCESS' WHERE payment_status = 'PENDING' AND payment_code ${own}`,
    /\(order-payments\)/,
  )
  await fault(`UPDATE Ticket SET price = price - 1 WHERE ticket_code ${own}`, /\(order-tickets\)/)
  await fault(
    `UPDATE Ticket SET order_id = 1 WHERE ticket_code ${own}`,
    /\(order-tickets\)\n.*\(stray-tickets\)/,
  )
  await fault("UPDATE TicketType SET quantity = 1 WHERE type_name LIKE 'Traffic %'", /\(oversold\)/)
  await fault(
    "UPDATE TicketType SET type_name = 'x' WHERE type_name LIKE 'Traffic %' LIMIT 1",
    /\(catalogue\)/,
  )
})
