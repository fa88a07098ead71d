import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestSchema, type TestSchema } from '../../../drills/support/test-shapes.ts'
import type { Constraint, Snapshot } from '../../core/schema/model.ts'
import { readSnapshot } from '../../core/schema/read-snapshot.ts'
import type { NamedStatement } from '../folder/named-statements.ts'
import { assertNoViolations, findAllViolations } from './violations.ts'

const script = `
CREATE TABLE many (id INT PRIMARY KEY NONCLUSTERED, a INT);
INSERT INTO many VALUES (12, -1), (11, -1), (10, -1), (9, -1), (8, NULL), (7, 0), (6, -1), (5, -1), (4, -1), (3, -1), (2, -1), (1, -1), (0, -1), (13, 1);
CREATE TABLE seats (area VARCHAR(9) COLLATE utf8mb4_unicode_ci, seat INT, note VARCHAR(20), PRIMARY KEY (area, seat));
INSERT INTO seats VALUES ('Ủ', 1, 'x'), ('b', 2, 'x'), ('a', 10, 'x'), ('a', 9, 'it''s "名" ?'), ('a', 1, 'ok');
CREATE TABLE loose (a INT, b VARCHAR(9));
INSERT INTO loose VALUES (1, 'x'), (-1, 'y'), (-2, NULL);
CREATE TABLE \`Order\` (\`or\`\`der\` INT PRIMARY KEY, \`select\` INT, \`q?:x\` INT);
INSERT INTO \`Order\` VALUES (1, -1, 5), (2, 1, 5);
CREATE TABLE bytes (id BINARY(2) PRIMARY KEY, b BIT(4), j JSON, big BIGINT UNSIGNED, d DECIMAL(5,2), t DATETIME(3));
INSERT INTO bytes VALUES (x'ff00', b'1010', '{"a":[1]}', 18446744073709551615, 1.50, '2026-01-01 00:00:00.125');
CREATE TABLE made (id INT PRIMARY KEY, a INT, Stored_Twice INT AS (a * 2) STORED);
INSERT INTO made (id, a) VALUES (1, -1);
CREATE TABLE empty (id INT PRIMARY KEY, a INT)
`
let schema: TestSchema
let snapshot: Snapshot
beforeAll(async () => {
  schema = await openTestSchema('violations', script)
  snapshot = await readSnapshot(schema.read)
})
afterAll(() => schema[Symbol.asyncDispose]())

const find = async (constraint: Constraint, remedies: readonly NamedStatement[] = []) => {
  const [found] = await findAllViolations(schema.read, snapshot, [constraint], remedies, { showValues: true })
  if (found === undefined) throw new Error('nothing was found')
  return found
}
const on = (table: string, clause: string): Constraint => ({ table, name: 'ck', clause, enforced: true })

test('counts every row that makes the clause false, shows the first ten in the order of the key, and NULL is none', async () => {
  const { count, first } = await find(on('many', '`a` >= 0'))
  expect(count).toBe(11)
  expect(first).toEqual([0, 1, 2, 3, 4, 5, 6, 9, 10, 11].map((id) => ({ id, a: -1 })))
})

describe('rows and remedy', () => {
  test.each<[string, Constraint, readonly object[], string]>([
    ['no rows', on('empty', '`a` > 0'), [], 'UPDATE `empty` SET `a` = … WHERE `id` = …;'],
    ['no broken rows', on('many', '`a` < 5'), [], 'UPDATE `many` SET `a` = … WHERE `id` = …;'],
    [
      'a composite key of strings, in the order of its collation',
      on('seats', "`note` = _utf8mb4'ok' or `seat` < 0"),
      [
        { area: 'a', seat: 9, note: `it's "名" ?` },
        { area: 'a', seat: 10, note: 'x' },
        { area: 'b', seat: 2, note: 'x' },
        { area: 'Ủ', seat: 1, note: 'x' },
      ],
      'UPDATE `seats` SET `seat` = …, `note` = … WHERE `area` = … AND `seat` = …;',
    ],
    [
      'no key: the row id names the row',
      on('loose', '`a` > 0'),
      [
        { _tidb_rowid: 2, a: -1 },
        { _tidb_rowid: 3, a: -2 },
      ],
      'UPDATE `loose` SET `a` = … WHERE `_tidb_rowid` = …;',
    ],
    [
      'reserved and odd names',
      on('Order', '`select` > 0 and `q?:x` > 0'),
      [{ 'or`der': 1, select: -1, 'q?:x': 5 }],
      'UPDATE `Order` SET `select` = …, `q?:x` = … WHERE `or``der` = …;',
    ],
    [
      'a table and columns in another case',
      on('ORDER', '`SELECT` > 0'),
      [{ 'or`der': 1, SELECT: -1 }],
      'UPDATE `ORDER` SET `select` = … WHERE `or``der` = …;',
    ],
    [
      'bytes, JSON and numbers beyond 2^53',
      on('bytes', '`b` = 0 and json_length(`j`) = 2 and `big` > 0 and `d` > 2 and `t` is null'),
      [
        {
          id: '0xff00',
          b: '0x0a',
          j: { a: [1] },
          big: '18446744073709551615',
          d: '1.50',
          t: '2026-01-01 00:00:00.125',
        },
      ],
      'UPDATE `bytes` SET `b` = …, `j` = …, `big` = …, `d` = …, `t` = … WHERE `id` = …;',
    ],
    [
      'a generated column: only what it is made of can be set',
      on('made', '`STORED_TWICE` > 0'),
      [{ id: 1, STORED_TWICE: -2 }],
      'UPDATE `made` SET `a` = … WHERE `id` = …;',
    ],
  ])('%s', async (_, constraint, first, remedy) => {
    const scanned = { rows: 0, isWhole: true }
    expect(await find(constraint)).toEqual({ constraint, count: first.length, first, remedy, scanned })
  })

  test('the remedy is the written one, of this table and this name', async () => {
    const statement = (name: string) => ({ name, about: {}, sql: `UPDATE ${name}` })
    const remedies = ['loose.other', 'many.ck', 'loose.ck'].map(statement)
    const { remedy } = await find(on('loose', '`a` > 0'), remedies)
    expect(remedy).toBe('UPDATE loose.ck;')
  })
})

test('several constraints of several tables at once, in their order', async () => {
  const constraints = [
    on('loose', '`a` > 0'),
    on('many', '`a` >= 0'),
    on('loose', "`b` <> 'y'"),
    on('empty', '`a` > 0'),
  ]
  const found = await findAllViolations(schema.read, snapshot, constraints, [], { showValues: true })
  expect(found.map(({ constraint, count }) => [constraint, count])).toEqual(
    constraints.map((constraint, at) => [constraint, [2, 11, 1, 0][at]]),
  )
  for (const each of found) expect(each).toEqual(await find(each.constraint))
})

test('in chunks it is the same, and the budget says how far it came', async () => {
  const constraint = on('many', '`a` >= 0')
  const whole = await find(constraint)
  const within = async (budgetMs: number) => {
    const limits = { budgetMs, chunkRows: 4, pauseMs: 0 }
    return (await findAllViolations(schema.read, snapshot, [constraint], [], { showValues: true, limits }))[0]
  }
  const chunked = await within(60_000)
  expect(chunked).toMatchObject({ count: whole.count, scanned: { rows: 12, isWhole: true } })
  expect(chunked?.first).toHaveLength(10)
  expect(await within(0)).toMatchObject({ count: 4, scanned: { rows: 4, isWhole: false } })
})

test('a refusal names each constraint, its rows and its remedy, and leaves out what is fine', async () => {
  const constraints = [on('loose', "`b` <> 'y'"), on('empty', '`a` > 0'), on('many', '`a` > 0')]
  const found = await findAllViolations(schema.read, snapshot, constraints, [], { showValues: true })
  expect(() => assertNoViolations(found)).toThrow(
    /VIOLATING_ROWS: loose\.ck \(`b` <> 'y'\): 1 rows break it, the first:\s+\{"_tidb_rowid":2,"b":"y"\}\s+remedy: UPDATE `loose`[\s\S]*many\.ck \(`a` > 0\): 12 rows/,
  )
  expect(() => assertNoViolations(found)).not.toThrow(/empty/)
  expect(() => assertNoViolations(found.filter(({ count }) => count === 0))).not.toThrow()
})

test('only the keys are shown unless values are asked for', async () => {
  const [found] = await findAllViolations(schema.read, snapshot, [on('seats', "`note` = 'ok'")], [], {
    showValues: false,
  })
  expect(found).toMatchObject({ count: 4, first: [{ area: 'a', seat: 9 }, { area: 'a', seat: 10 }, {}, {}] })
  expect(Object.keys(found?.first[0] ?? {})).toEqual(['area', 'seat'])
})
