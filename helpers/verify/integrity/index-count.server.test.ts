import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestSchema, type TestSchema, tableOf } from '../../../drills/support/test-shapes.ts'
import type { Index, Snapshot } from '../../core/schema/model.ts'
import { readSnapshot } from '../../core/schema/read-snapshot.ts'
import { openRawWriteSession } from '../../core/server/session.ts'
import { countThroughIndex } from './index-count.ts'

const numbers = 'WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < 500) SELECT'
const script = `
CREATE TABLE \`Order\` (
  id INT PRIMARY KEY, name VARCHAR(90), \`select\` INT, code VARCHAR(9), \`it\`\`s\` INT, doc JSON,
  KEY k_name (name(5)), KEY k_lower ((LOWER(name))), UNIQUE KEY uq_code (code), KEY \`group\` (\`select\`),
  KEY \`ix\`\`1 ủ?:x\` (\`it\`\`s\`, \`select\` DESC), KEY k_hidden (code, id) INVISIBLE, KEY k_many ((CAST(doc AS UNSIGNED ARRAY)))
);
INSERT INTO \`Order\` ${numbers} n, IF(n % 3 = 0, NULL, CONCAT('Name ', n)), n % 7, IF(n % 2 = 0, NULL, n), n, '[1, 2]' FROM s;
CREATE TABLE Parts (day INT, seat VARCHAR(9), KEY k_seat (seat)) PARTITION BY RANGE (day)
  (PARTITION p0 VALUES LESS THAN (100), PARTITION p1 VALUES LESS THAN MAXVALUE);
INSERT INTO Parts ${numbers} n, NULL FROM s;
CREATE TABLE Strings (a VARCHAR(9) COLLATE utf8mb4_unicode_ci, b VARCHAR(9), c INT, PRIMARY KEY (a, b), KEY k_c (c));
INSERT INTO Strings ${numbers} CONCAT('ủ', n), 'x', n FROM s;
CREATE TABLE Empty (id INT PRIMARY KEY, a INT, KEY k_a (a));
CREATE TABLE Busy (id BIGINT PRIMARY KEY AUTO_INCREMENT, a INT, KEY k_a (a))
`
let schema: TestSchema
let snapshot: Snapshot
beforeAll(async () => {
  schema = await openTestSchema('index_count', script)
  snapshot = await readSnapshot(schema.read)
})
afterAll(() => schema[Symbol.asyncDispose]())

const indexOf = (table: string, name: string): Index => {
  const found = tableOf(snapshot, table).indexes.find((index) => index.name === name)
  if (found === undefined) throw new Error(`${table} has no index ${name}`)
  return found
}

test.each([
  ['Order', 'k_name', 500],
  ['Order', 'k_lower', 500],
  ['Order', 'uq_code', 500],
  ['Order', 'group', 500],
  ['Order', 'ix`1 ủ?:x', 500],
  ['Parts', 'k_seat', 500],
  ['Strings', 'k_c', 500],
  ['Empty', 'k_a', 0],
])('%s.%s holds every row', async (table, name, rows) => {
  expect(await countThroughIndex(schema.read, indexOf(table, name))).toEqual({
    throughIndex: rows,
    throughTable: rows,
  })
})

// An index with several entries a row, and one that no session of v7.5 may use.
test.each([
  ['k_many', /QUERY_PLAN_REFUSED[\s\S]*k_many/],
  ['k_hidden', /QUERY_PLAN_REFUSED[\s\S]*k_hidden/],
])('%s cannot be counted through', async (name, says) => {
  await expect(countThroughIndex(schema.read, indexOf('Order', name))).rejects.toThrow(says)
})

test('a binding that keeps the server from the index is not taken for a count', async () => {
  await using session = await openRawWriteSession(schema.address)
  const query = 'SELECT COUNT(*) AS n FROM Busy'
  await session.run(`CREATE SESSION BINDING FOR ${query} USING ${query} IGNORE INDEX (k_a)`)
  await expect(countThroughIndex(session, indexOf('Busy', 'k_a'))).rejects.toThrow(
    /INDEX_NOT_READ: The server does not count through Busy\.k_a[\s\S]*next: Look at: EXPLAIN SELECT/,
  )
})

test('counts one state of the table while others write', async () => {
  await using writer = await openRawWriteSession(schema.address)
  let isOver = false
  const writing = (async () => {
    for (let at = 0; !isOver; at++) await writer.run(`INSERT INTO Busy (a) VALUES (${at}), (${at})`)
  })()
  const seen = new Set<number>()
  try {
    for (let at = 0; at < 40; at++) {
      const { throughIndex, throughTable } = await countThroughIndex(schema.read, indexOf('Busy', 'k_a'))
      expect(throughIndex).toBe(throughTable)
      seen.add(throughIndex)
    }
  } finally {
    isOver = true
    await writing
  }
  expect(seen.size).toBeGreaterThan(5)
})
