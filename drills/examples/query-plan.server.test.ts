import { createConnection } from 'mysql2/promise'
import { explain, openReadSession, renderPlan } from 'tidb-migration-harness/query-plan'
import { expect, test } from 'vitest'
import { withDatabase } from '../support/test-server.ts'

test('which index a query uses', async () => {
  await using database = await withDatabase('example_plan')
  const { host, port, user, password, database: name = '' } = database.address
  const connection = await createConnection({ host, port, user, password, database: name })
  await connection.query('CREATE TABLE ticket (id INT PRIMARY KEY, seat INT, price INT, KEY idx_seat (seat))')
  await connection.end()
  await using session = await openReadSession(database.address)

  const plan = await explain(session, 'SELECT price FROM ticket WHERE seat = ?', [7])

  expect(plan).toUseIndex('idx_seat', { table: 'ticket' })
  expect(plan).toRangeScan('idx_seat')
  expect(plan).not.toBeCovering('idx_seat')
  expect(renderPlan(plan)).toContain('idx_seat')
})
