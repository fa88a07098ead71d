import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestSchema, type TestSchema, tableOf } from '../../../drills/support/test-shapes.ts'
import { readSnapshot } from '../schema/read-snapshot.ts'
import { readRowHashes } from './row-hash.ts'

const tables = `
CREATE TABLE Kinds (
  id INT PRIMARY KEY,
  s VARCHAR(40) COLLATE utf8mb4_unicode_ci, s2 VARCHAR(40), c CHAR(9), t LONGTEXT COLLATE utf8mb4_general_ci,
  l VARCHAR(20) CHARACTER SET latin1, vb VARBINARY(20), fb BINARY(4), bl LONGBLOB, j JSON,
  n INT, n2 INT, big BIGINT UNSIGNED, d DECIMAL(30, 6), f FLOAT, dbl DOUBLE,
  da DATE, dt DATETIME(6), ts TIMESTAMP(3) NULL, ti TIME(6), y YEAR, b1 BIT(1), b64 BIT(64),
  e ENUM('x', 'X1', '~', '') COLLATE utf8mb4_bin, st SET('a', 'b', 'c'),
  g INT AS (n + 1) VIRTUAL
);
CREATE TABLE NoKey (a VARCHAR(9), b INT);
CREATE TABLE Other (a VARCHAR(9), b INT);
CREATE TABLE \`weird\`\`name\` (\`a\`\`b\` INT, \`c,'"(\` VARCHAR(9), \`select\` INT, row_digest INT);
CREATE TABLE Parts (a INT, b INT) PARTITION BY HASH (a) PARTITIONS 3;
CREATE TABLE Moved (a INT PRIMARY KEY, b VARCHAR(9), c VARCHAR(9));
INSERT INTO Kinds (id) VALUES (1);
`

let schema: TestSchema
beforeAll(async () => {
  schema = await openTestSchema('row_hash', tables)
})
afterAll(() => schema[Symbol.asyncDispose]())

const hashOf = async (name: string) => {
  const table = tableOf(await readSnapshot(schema.read), name)
  const [found] = await readRowHashes(schema.read, [table])
  if (found === undefined) throw new Error(`no hash of ${name}`)
  return found
}

const hashWith = async (set: string) => {
  await schema.write.run('REPLACE INTO Kinds (id) VALUES (1)')
  await schema.write.run(`UPDATE Kinds SET ${set}`)
  return hashOf('Kinds')
}

describe('the hash changes with', () => {
  test.each([
    ["s = ''", 's = NULL'],
    ["s = 'NULL'", 's = NULL'],
    ["s = '~'", 's = NULL'],
    ["s = ''", "s = ' '"],
    ["s = 'a'", "s = 'A'"],
    ["s = 'a'", "s = 'a '"],
    ["s = 'a'", "s = 'á'"],
    ["s = _utf8mb4 x'c3a9'", "s = _utf8mb4 x'65cc81'"],
    ["s = 'ß'", "s = 'ss'"],
    ["s = '😀'", "s = '😁'"],
    ["s = 'a', s2 = NULL", "s = NULL, s2 = 'a'"],
    ["s = 'ab', s2 = 'c'", "s = 'a', s2 = 'bc'"],
    ["s = 'a|', s2 = 'b'", "s = 'a', s2 = '|b'"],
    ["s = '7C', s2 = ''", "s = '', s2 = '7C'"],
    ["c = 'x'", "c = 'X'"],
    ["t = CONCAT(REPEAT('x', 3000000), 'a')", "t = CONCAT(REPEAT('x', 3000000), 'A')"],
    ["l = 'e'", "l = 'E'"],
    ["vb = x'00'", "vb = x'0000'"],
    ["vb = x'ff'", "vb = x'fe'"],
    ["vb = x''", 'vb = NULL'],
    ["fb = x'01'", "fb = x'0001'"],
    ["bl = x'e9'", "bl = x'c3a9'"],
    ["j = '1'", `j = '"1"'`],
    ["j = '1'", "j = '1.5'"],
    ["j = 'null'", 'j = NULL'],
    [`j = '{"a": [1, 2]}'`, `j = '{"a": [2, 1]}'`],
    [`j = '{"a": "~"}'`, `j = '{"a": null}'`],
    ['n = 1, n2 = 23', 'n = 12, n2 = 3'],
    ['n = 0', 'n = NULL'],
    ['big = 18446744073709551615', 'big = 18446744073709551614'],
    ['d = 123456789012345678901234.000001', 'd = 123456789012345678901234.000002'],
    ['d = 0', 'd = NULL'],
    ['f = 0.1', 'f = 0.10000001'],
    ['dbl = 0.3', 'dbl = 0.1 + 2e-1 + 4e-17'],
    ['dbl = 1e308', 'dbl = 1.0000000000000002e308'],
    ["da = '2026-01-01'", "da = '2026-01-02'"],
    ["dt = '2026-01-01'", "dt = '2026-01-01 00:00:00.000001'"],
    ["ts = '2026-01-01 00:00:00.001'", "ts = '2026-01-01 00:00:00.002'"],
    ["ti = '-00:00:01'", "ti = '00:00:01'"],
    ["ti = '838:59:59'", "ti = '838:59:58'"],
    ['y = 2026', 'y = 2027'],
    ['b1 = 0', 'b1 = 1'],
    ['b1 = 0', 'b1 = NULL'],
    ['b64 = 18446744073709551615', 'b64 = 18446744073709551614'],
    ["e = 'x'", "e = 'X1'"],
    ["e = '~'", 'e = NULL'],
    ["e = ''", 'e = NULL'],
    ["st = 'a,b'", "st = 'a'"],
    ["st = ''", 'st = NULL'],
  ])('%s against %s', async (one, other) => {
    const [first, second] = [await hashWith(one), await hashWith(other)]
    expect(second.hash).not.toBe(first.hash)
    expect(await hashWith(one)).toEqual(first)
  })
})

const fill = async (table: string, values: string) => {
  await schema.write.run(`DELETE FROM ${table}`)
  if (values !== '') await schema.write.run(`INSERT INTO ${table} VALUES ${values}`)
  return hashOf(table.replaceAll('`', '').replace('weirdname', 'weird`name'))
}

describe('the hash of a table', () => {
  test.each([
    ['order', "('x', 1), ('y', 2), (NULL, NULL)", "(NULL, NULL), ('y', 2), ('x', 1)"],
    ['nothing', '', ''],
  ])('is the same in another %s', async (_, one, other) => {
    const [{ hash, rows }, second] = [await fill('NoKey', one), await fill('Other', other)]
    expect([second.hash, second.rows]).toEqual([hash, rows])
  })

  test.each([
    ['values swapped between rows', "('x', 1), ('y', 2)", "('y', 1), ('x', 2)"],
    ['another row twice', "('x', 1), ('x', 1)", "('y', 1), ('y', 1)"],
    ['another row twice among others', "('x', 1), ('x', 1), ('z', 3)", "('y', 1), ('y', 1), ('z', 3)"],
    ['one row more and one less', "('x', 1), ('x', 1), ('y', 1)", "('x', 1), ('y', 1), ('y', 1)"],
    ['the same row twice more', "('x', 1)", "('x', 1), ('x', 1), ('x', 1)"],
    ['one row of NULLs', '', '(NULL, NULL)'],
    ['two rows of NULLs', '', '(NULL, NULL), (NULL, NULL)'],
  ])('without a key changes with %s', async (_, one, other) => {
    const [first, second] = [await fill('NoKey', one), await fill('NoKey', other)]
    expect(second.hash).not.toBe(first.hash)
  })

  test('counts the rows, and tells none of an empty table', async () => {
    expect(await fill('NoKey', "('x', 1), ('x', 1)")).toMatchObject({ table: 'NoKey', rows: 2 })
    expect(await fill('NoKey', '')).toEqual({ table: 'NoKey', rows: 0, hash: '0-0' })
  })

  test('is read from odd names, and from every partition', async () => {
    const odd = await fill('`weird``name`', "(1, 'a', 2, 3)")
    expect((await fill('`weird``name`', "(1, 'a', 3, 2)")).hash).not.toBe(odd.hash)
    const parts = await fill('Parts', '(1, 1), (2, 2), (3, 3)')
    expect(parts.rows).toBe(3)
    expect((await fill('Parts', '(1, 2), (2, 1), (3, 3)')).hash).not.toBe(parts.hash)
  })

  test('leaves out rows by a condition: what is true of a row, and not what is unknown', async () => {
    const hashOfRest = async (values: string) => {
      await fill('NoKey', values)
      const table = tableOf(await readSnapshot(schema.read), 'NoKey')
      return readRowHashes(schema.read, [table], { NoKey: "a LIKE 'own-%'", Other: 'FALSE' })
    }
    const without = await hashOfRest("('x', 1), (NULL, 2)")
    expect(without).toMatchObject([{ rows: 2 }])
    expect(await hashOfRest("('x', 1), (NULL, 2), ('own-1', 3), ('own-2', NULL)")).toEqual(without)
    expect(await hashOfRest("('x', 1), (NULL, 3)")).not.toEqual(without)
    expect(await hashOfRest("('x', 1), (NULL, 2), (NULL, 3)")).not.toEqual(without)
  })

  test('stays when indexes are added', async () => {
    await hashWith("ts = '2026-01-01', s = 'x'")
    const before = await hashOf('Kinds')
    await schema.write.script('ALTER TABLE Kinds ADD INDEX k ((LOWER(s))), ADD INDEX k2 (ts)')
    expect(await hashOf('Kinds')).toEqual(before)
  })
})
