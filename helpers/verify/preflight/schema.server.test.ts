import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestSchema, type TestSchema, tableOf } from '../../../drills/support/test-shapes.ts'
import type { Snapshot } from '../../core/schema/model.ts'
import { readSnapshot } from '../../core/schema/read-snapshot.ts'
import { findOrphans, hasKey } from './orphans.ts'

const script = `
SET SESSION foreign_key_checks = 0;
CREATE TABLE Parent (\`or\`\`der\` INT, code VARCHAR(9) COLLATE utf8mb4_unicode_ci, PRIMARY KEY (\`or\`\`der\`, code));
INSERT INTO Parent VALUES (1, 'a'), (1, 'Ủ''s'), (2, 'a');
CREATE TABLE Child (id INT PRIMARY KEY, \`select\` INT, code VARCHAR(9) COLLATE utf8mb4_unicode_ci,
  CONSTRAINT fk FOREIGN KEY (\`select\`, code) REFERENCES Parent (\`or\`\`der\`, code));
INSERT INTO Child VALUES (5, 1, 'a'), (4, 1, 'A'), (3, 1, 'Ủ''s'), (2, NULL, 'zz'), (1, 9, NULL), (8, 9, 'a'), (7, 2, 'Ủ''s'), (6, 1, '');
CREATE TABLE Node (id INT PRIMARY KEY, up INT, CONSTRAINT fk_up FOREIGN KEY (up) REFERENCES Node (id));
INSERT INTO Node VALUES (1, NULL), (2, 1), (3, 3), (4, 99), (5, 4);
CREATE TABLE Loose (up INT, CONSTRAINT fk_loose FOREIGN KEY (up) REFERENCES Node (id));
INSERT INTO Loose WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < 30) SELECT n FROM s;
CREATE TABLE Clean (id INT PRIMARY KEY, up INT, CONSTRAINT fk_clean FOREIGN KEY (up) REFERENCES Node (id));
INSERT INTO Clean VALUES (1, 1), (2, NULL);
CREATE TABLE By_code (code INT UNIQUE, KEY (code));
CREATE TABLE Uses_code (id INT PRIMARY KEY, code INT, CONSTRAINT fk_code FOREIGN KEY (code) REFERENCES By_code (code));
INSERT INTO By_code VALUES (NULL), (1);
INSERT INTO Uses_code VALUES (1, 1), (2, NULL), (3, 2);
CREATE TABLE Half (a INT, b INT, KEY (a, b));
CREATE TABLE Of_half (id INT PRIMARY KEY, a INT, b INT, CONSTRAINT fk_half FOREIGN KEY (a, b) REFERENCES Half (a, b));
INSERT INTO Half VALUES (NULL, 1), (1, NULL), (2, 2), (NULL, NULL);
INSERT INTO Of_half VALUES (1, 2, 2), (2, 1, 1), (3, NULL, 1), (4, 1, NULL)
`
let schema: TestSchema
let snapshot: Snapshot
beforeAll(async () => {
  schema = await openTestSchema('preflight_schema', script)
  snapshot = await readSnapshot(schema.read)
})
afterAll(() => schema[Symbol.asyncDispose]())

describe('orphans', () => {
  test.each<[string, string, number, object[]]>([
    [
      'a composite key: a NULL in it names no parent',
      'Child',
      3,
      [
        { id: 6, select: 1, code: '' },
        { id: 7, select: 2, code: "Ủ's" },
        { id: 8, select: 9, code: 'a' },
      ],
    ],
    ['a table that refers to itself', 'Node', 1, [{ id: 4, up: 99 }]],
    [
      'no key: ten at most, told by their row ids',
      'Loose',
      25,
      [6, 7, 8, 9, 10, 11, 12, 13, 14, 15].map((up) => ({ _tidb_rowid: up, up })),
    ],
    ['a parent that is found by a unique key with NULL in it', 'Uses_code', 1, [{ id: 3, code: 2 }]],
    ['a parent that is half NULL is nobody`s parent', 'Of_half', 1, [{ id: 2, a: 1, b: 1 }]],
    ['none', 'Clean', 0, []],
  ])('%s', async (_, name, count, first) => {
    const table = tableOf(snapshot, name)
    const [key] = table.foreignKeys
    if (key === undefined) throw new Error(`${name} has no foreign key`)
    const scanned = { rows: 0, isWhole: true }
    expect(await findOrphans(schema.read, table, key, { showValues: true })).toEqual({
      count,
      first,
      scanned,
    })
    const keys = first.map((row) =>
      Object.fromEntries(Object.entries(row).filter(([column]) => table.primaryKey.includes(column))),
    )
    const without = table.primaryKey.length === 0 ? first.map((_, at) => ({ _tidb_rowid: at + 6 })) : keys
    expect(await findOrphans(schema.read, table, key, { showValues: false })).toEqual({
      count,
      first: without,
      scanned,
    })
  })
})

test('a foreign key has both sides where both tables have its columns, by any case', () => {
  const key = tableOf(snapshot, 'Node').foreignKeys[0]
  if (key === undefined) throw new Error('Node has no foreign key')
  expect(hasKey(snapshot, { ...key, table: 'NODE', columns: ['UP'] })).toBe(true)
  expect(hasKey(snapshot, { ...key, referencedTable: 'Gone' })).toBe(false)
  expect(hasKey(snapshot, { ...key, referencedColumns: ['gone'] })).toBe(false)
})
