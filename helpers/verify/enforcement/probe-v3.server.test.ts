import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { openTestSchema, type TestSchema } from '../../../drills/support/test-shapes.ts'
import { readRowHashes } from '../../core/rows/row-hash.ts'
import { type Constraint, qualifiedName, type Snapshot } from '../../core/schema/model.ts'
import { readSnapshot } from '../../core/schema/read-snapshot.ts'
import { readBaseline, readMigration, readScript } from '../../migrate/folder/migration.ts'
import { probeConstraint } from './probe.ts'

const migration = readMigration('v3')
const script = `${readBaseline(migration)[0]}\n${readScript(migration, 'constraints')}`
const names = [...script.matchAll(/ALTER TABLE `(\w+)` ADD CONSTRAINT `(\w+)`/g)].map(
  ([, table, name]) => `${table}.${name}`,
)

// The constraints whose rows are odd: NULL where the clause allows it, a limit that is met, one value for two columns.
const rows = `
SET SESSION foreign_key_checks = 0;
INSERT INTO Venue (venue_name, address, city, capacity, vip_seats) VALUES ('v', 'a', 'c', 9, NULL), ('w', 'b', 'd', 1, 1);
INSERT INTO Event (category_id, venue_id, manager_id, event_name, start_datetime, end_datetime, total_capacity, sold_tickets)
  VALUES (1, 1, 1, 'it''s \\\\ "x" ủ', '2026-01-01', '2026-01-02', 5, 5), (1, 1, 1, 'y', '1999-01-01', '2026-01-02', 1, NULL);
INSERT INTO TicketType (event_id, type_name, price, quantity, sold_quantity, max_per_order)
  VALUES (1, 'a', 0, 10, 10, 10), (1, 'b', 7, 5, 0, NULL);
INSERT INTO \`Order\` (user_id, order_code, total_amount, final_amount) VALUES (1, 'o1', 5.5, 5.5), (1, 'o2', 0, 0);
INSERT INTO Ticket (order_id, ticket_type_id, ticket_code, price) VALUES (1, 1, 't1', 0), (1, 1, 't2', 3);
INSERT INTO Payment (order_id, amount) VALUES (1, 1), (2, 0);
INSERT INTO Discount (discount_code, discount_name, discount_type, discount_value, usage_limit, used_count, start_date, end_date)
  VALUES ('x', 'x', 'FIXED_AMOUNT', 500, 3, 3, '2026-01-01', '2026-01-02'), ('y', 'y', 'PERCENTAGE', 100, NULL, 0, '2026-01-01', '2026-01-02');
INSERT INTO RefundRequest (order_id, user_id, refund_amount, created_at) VALUES (1, 1, 0, '2026-01-01'), (2, 1, 5, NULL);
SET SESSION foreign_key_checks = 1
`

let schema: TestSchema
let snapshot: Snapshot
beforeAll(async () => {
  schema = await openTestSchema('probe_v3', script)
  snapshot = await readSnapshot(schema.read)
})
afterAll(() => schema[Symbol.asyncDispose]())

const constraintOf = (name: string): Constraint => {
  const found = snapshot.tables
    .flatMap(({ constraints }) => constraints)
    .find((item) => qualifiedName(item) === name)
  if (found === undefined) throw new Error(`there is no constraint ${name}`)
  return found
}

const sessionShape = z.object({ transaction: z.coerce.number(), checks: z.number() })
const readSession = () =>
  schema.write.row(
    sessionShape,
    'SELECT @@tidb_current_ts AS transaction, @@SESSION.foreign_key_checks AS checks',
  )
const readAll = async () => ({
  rows: await readRowHashes(schema.read, snapshot.tables),
  schema: await readSnapshot(schema.read),
})

test('V3 has 21 constraints', () => {
  expect(names).toHaveLength(21)
})

describe.each([
  ['of an empty table', /^INSERT INTO/, ''],
  ['of a table with rows', /^UPDATE .* LIMIT 1$/, rows],
])('a constraint %s is refused in its own name', (_, statement, filling) => {
  let before: Awaited<ReturnType<typeof readAll>>
  beforeAll(async () => {
    for (const sql of filling.split(';\n').filter((text) => text.trim() !== '')) await schema.write.run(sql)
    before = await readAll()
  })

  test.each(names)('%s', async (name) => {
    const constraint = constraintOf(name)
    const probe = await probeConstraint(schema.write, snapshot, constraint)
    expect(probe).toEqual({
      outcome: 'refused',
      statement: expect.stringMatching(statement),
      answer: `3819: Check constraint '${constraint.name}' is violated.`,
    })
    expect(await readSession()).toEqual({ transaction: 0, checks: 1 })
  })

  test('and nothing is changed', async () => {
    expect(await readAll()).toEqual(before)
  })
})
