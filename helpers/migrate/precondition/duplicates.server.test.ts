import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestSchema, type TestSchema } from '../../../drills/support/test-shapes.ts'
import { serverErrorNumber } from '../../core/errors/server-error.ts'
import type { Index, Snapshot } from '../../core/schema/model.ts'
import { readSnapshot } from '../../core/schema/read-snapshot.ts'
import { indexStatement } from '../folder/statements.ts'
import { assertNoDuplicates, canLookForDuplicates, findDuplicates } from './duplicates.ts'

const script = `
CREATE TABLE \`Order\` (
  \`or\`\`der\` INT PRIMARY KEY, ci VARCHAR(40) COLLATE utf8mb4_general_ci, bin VARCHAR(40) COLLATE utf8mb4_bin,
  n INT, d DECIMAL(9,2), f DOUBLE, b VARBINARY(9), t DATETIME(3), e ENUM('a','b'), bits BIT(4), txt TEXT, j JSON, uca VARCHAR(40) COLLATE utf8mb4_0900_ai_ci,
  g INT AS (n * 0) VIRTUAL);
INSERT INTO \`Order\` (\`or\`\`der\`, ci, bin, n, d, f, b, t, e, bits, txt, j, uca) VALUES
  (1, 'Ủy', 'x', 1, 1.50, 0, x'ff00', '2026-01-01 00:00:00.125', 'a', b'101', 'abcdefgh1', '{"x": [1]}', 'Straße'),
  (2, 'uy', 'X', 2, 1.5, -0, x'ff', '2026-01-01 00:00:00.126', 'a', b'101', 'ABCDEFGH2', '{"x": [2, 3]}', 'STRASSE'),
  (3, 'UY ', 'x ', NULL, 2, 0.1, x'ff0001', '2026-01-01 00:00:00.126', NULL, NULL, 'zz', '{"x": [4]}', 'strasse '),
  (4, 'other', NULL, NULL, 3, NULL, NULL, NULL, NULL, b'1', NULL, NULL, NULL),
  (5, 'OTHER', NULL, NULL, 4, NULL, NULL, NULL, NULL, b'11', NULL, NULL, NULL);
CREATE TABLE NoKey (a INT, c INT);
INSERT INTO NoKey VALUES (1, 1), (1, 1), (2, 2), (1, 2);
CREATE TABLE Pair (x VARCHAR(9), y INT, a INT, PRIMARY KEY (x, y));
INSERT INTO Pair VALUES ('p', 1, 7), ('q', 1, 7), ('p', 2, 7), ('p', 3, 8);
CREATE TABLE Parts (a INT, b INT) PARTITION BY HASH (a) PARTITIONS 3;
INSERT INTO Parts VALUES (1, 1), (1, 1), (2, 1)
`
let schema: TestSchema
let snapshot: Snapshot
beforeAll(async () => {
  schema = await openTestSchema('duplicates', script)
  snapshot = await readSnapshot(schema.read)
})
afterAll(() => schema[Symbol.asyncDispose]())

/** The index as a lock would hold it: made on an empty copy of the table, and read back. */
const lockedIndex = async (table: string, parts: string): Promise<Index> => {
  await schema.write.run(`CREATE TABLE copied LIKE \`${table}\``)
  await schema.write.run(`ALTER TABLE copied ADD UNIQUE INDEX k (${parts})`)
  const copied = (await readSnapshot(schema.read)).tables.find(({ name }) => name === 'copied')
  await schema.write.run('DROP TABLE copied')
  const [index] = copied?.indexes ?? []
  if (index === undefined) throw new Error('no index was made')
  return { ...index, table }
}

const find = async (table: string, parts: string, showValues = false) =>
  findDuplicates(schema.read, snapshot, await lockedIndex(table, parts), showValues)

/** Whether the server itself takes the index. */
const serverTakes = async (index: Index): Promise<boolean> => {
  try {
    await schema.write.run(indexStatement(index))
  } catch (error) {
    if (serverErrorNumber(error) === 1062) return false
    throw error
  }
  await schema.write.run(`ALTER TABLE \`${index.table}\` DROP INDEX k`)
  return true
}

describe('what the server takes for equal', () => {
  test.each<[string, string, string, number[][]]>([
    [
      'a collation that knows no case, no accent and no space at the end',
      'Order',
      'ci',
      [
        [4, 5],
        [1, 2, 3],
      ],
    ],
    ['a binary collation, which pads', 'Order', 'bin', [[1, 3]]],
    ['a collation of the UCA, which pads nothing', 'Order', 'uca', [[1, 2]]],
    ['NULL is never equal', 'Order', 'n', []],
    ['one NULL of several is enough', 'Order', 'd, n', []],
    ['decimals by their value', 'Order', 'd', [[1, 2]]],
    ['floats by their value: -0 is 0', 'Order', 'f', [[1, 2]]],
    ['bytes are not padded', 'Order', 'b', []],
    ['the first bytes', 'Order', 'b(1)', [[1, 2, 3]]],
    ['times with their fractions', 'Order', 't', [[2, 3]]],
    ['members of an ENUM', 'Order', 'e', [[1, 2]]],
    ['bits', 'Order', 'bits', [[1, 2]]],
    ['a prefix, by its collation', 'Order', 'txt(8)', []],
    [
      'a prefix of a ci column',
      'Order',
      'ci(1)',
      [
        [4, 5],
        [1, 2, 3],
      ],
    ],
    ['an expression', 'Order', '(LOWER(bin))', [[1, 2, 3]]],
    ['an expression beside a column', 'Order', '(n % 1), e', [[1, 2]]],
    ['a generated column', 'Order', 'g', [[1, 2]]],
  ])('%s', async (_, table, parts, expected) => {
    const index = await lockedIndex(table, parts)
    const { groups, first } = await findDuplicates(schema.read, snapshot, index, false)
    const keys = first.map((group) => group.map((row) => Number(row['or`der'])))
    const sorted = (all: readonly number[][]) => all.toSorted((a, b) => (a[0] ?? 0) - (b[0] ?? 0))
    expect(sorted(keys)).toEqual(sorted(expected))
    expect(groups).toBe(expected.length)
    expect(await serverTakes(index)).toBe(expected.length === 0)
  })
})

test('a table without a key is told by its row ids, one with several columns by all of them', async () => {
  expect((await find('NoKey', 'a, c')).first).toEqual([[{ _tidb_rowid: 1 }, { _tidb_rowid: 2 }]])
  expect((await find('Pair', 'a')).first).toEqual([
    [
      { x: 'p', y: 1 },
      { x: 'p', y: 2 },
      { x: 'q', y: 1 },
    ],
  ])
  expect((await find('Parts', 'a, b')).groups).toBe(1)
})

test('counts every group and every row, and shows the first few', async () => {
  const values = Array.from({ length: 60 }, (_, at) => `(${at + 100}, ${at % 2 === 0 ? 1 : at % 20})`)
  await schema.write.run('CREATE TABLE Many (id INT PRIMARY KEY, a INT)')
  await schema.write.run(`INSERT INTO Many VALUES ${values.join(', ')}`)
  snapshot = await readSnapshot(schema.read)
  const { groups, rows, first } = await find('Many', 'a')
  expect({ groups, rows }).toEqual({ groups: 10, rows: 60 })
  expect(first.length).toBeGreaterThan(0)
  expect(first.length).toBeLessThanOrEqual(10)
  expect(Math.max(...first.map((group) => group.length))).toBeLessThanOrEqual(10)
})

test('a refusal names the index and the keys; values of rows only when asked', async () => {
  const found = await find('Order', 'ci')
  expect(() => assertNoDuplicates([found])).toThrow(
    /DUPLICATE_ROWS: Order\.k \(UNIQUE KEY `k` \(`ci`\)\): 5 rows are 2 values[\s\S]*\{"or`der":1\}, \{"or`der":2\}/,
  )
  expect(() => assertNoDuplicates([found])).not.toThrow(/other|uy/i)
  const shown = await find('Order', 'ci', true)
  expect(() => assertNoDuplicates([shown])).toThrow(/"ci":"other"/)
  expect(() => assertNoDuplicates([])).not.toThrow()
})

test('an index over the members of an array cannot be asked for', async () => {
  expect(canLookForDuplicates(await lockedIndex('Order', "(CAST(j->'$.x' AS SIGNED ARRAY))"))).toBe(false)
  expect(canLookForDuplicates(await lockedIndex('Order', 'ci'))).toBe(true)
})
