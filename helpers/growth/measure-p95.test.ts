import { expect, test } from 'vitest'
import { withDatabase } from '../../drills/test-server.ts'
import { openReadSession } from '../target/session.ts'
import { measureP95 } from './measure-p95.ts'

test('p95 is the time at the client, of a slow query as of a fast one', async () => {
  await using database = await withDatabase('p95')
  await using session = await openReadSession(database.address)
  const fast = await measureP95(session, { sql: 'SELECT ? + 1', values: [1] })
  const slow = await measureP95(session, { sql: "SELECT MD5(REPEAT('x', ?))", values: [30_000_000] })
  expect(fast).toBeGreaterThan(0)
  expect(slow).toBeGreaterThan(20)
  expect(fast).toBeLessThan(slow)
})
