import { createConnection } from 'mysql2/promise'
import { describeChanges, findTable, openReadSession, readSnapshot } from 'tidb-migration-harness/schema'
import { expect, test } from 'vitest'
import { withDatabase } from '../support/test-server.ts'

test('what a script did to a schema, line by line', async () => {
  await using database = await withDatabase('example_schema')
  const { host, port, user, password, database: name = '' } = database.address
  const connection = await createConnection({ host, port, user, password, database: name })
  await connection.query('CREATE TABLE ticket (id INT PRIMARY KEY, seat INT)')
  await using session = await openReadSession(database.address)

  const before = await readSnapshot(session)
  await connection.query('ALTER TABLE ticket ADD INDEX idx_seat (seat)')
  const after = await readSnapshot(session)
  await connection.end()

  expect(describeChanges(before, after)).toEqual(['added the index ticket: KEY `idx_seat` (`seat`)'])
  expect(findTable(after, 'ticket')?.indexes.map((index) => index.name)).toEqual(['idx_seat'])
})
