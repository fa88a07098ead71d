import { createConnection } from 'mysql2/promise'
import { adviceForThrown, HarnessError, withAdvice } from 'tidb-migration-harness/errors'
import { expect, test } from 'vitest'
import { withDatabase } from '../support/test-server.ts'

test('what an error of the server comes from, and what to type next', async () => {
  await using database = await withDatabase('example_errors')
  const { host, port, user, password, database: name = '' } = database.address
  const connection = await createConnection({ host, port, user, password, database: name })
  await connection.query('CREATE TABLE ticket (id INT PRIMARY KEY, CONSTRAINT chk_id CHECK (id > 0))')

  const thrown: unknown = await connection
    .query('INSERT INTO ticket VALUES (-1)')
    .catch((error: unknown) => error)
  await connection.end()

  const advice = adviceForThrown(thrown, { database: name })
  expect(advice?.cause).not.toBe('')
  expect(advice?.next).toContain('chk_id')
  const error = withAdvice(thrown)
  expect(error instanceof HarnessError && error.code).toBe('SERVER_ERROR')
})
