import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { openTestSchema, type TestSchema, tableOf } from '../../../drills/support/test-shapes.ts'
import type { Snapshot } from '../../core/schema/model.ts'
import { readSnapshot } from '../../core/schema/read-snapshot.ts'
import { probeConstraint } from './probe.ts'

/** Columns, clause, a row that keeps it; `guaranteed` where the type lets no row break it, `impossible` where none is found. */
type Case = readonly [columns: string, clause: string, row: string, outcome?: 'impossible' | 'guaranteed']

const texts: readonly Case[] = [
  ['a VARCHAR(20)', 'CHAR_LENGTH(a) >= 3', "'abcd'"],
  ['a VARCHAR(20)', 'CHAR_LENGTH(a) <= 20', "'abcd'", 'guaranteed'],
  ['a VARCHAR(20)', "a REGEXP '^[a-z]+$'", "'abcd'"],
  ['a VARCHAR(20)', "a LIKE '%@%'", "'a@b'"],
  ['a VARCHAR(20)', String.raw`a NOT IN ('it''s', 'c\\d', 'e"f')`, "'x'"],
  ['a VARCHAR(20)', "a <> 'what? :x -- y /* z'", "'y'"],
  ['a VARCHAR(20) COLLATE utf8mb4_bin', 'UPPER(a) = a', "'A'"],
  ['a VARCHAR(20) COLLATE utf8mb4_unicode_ci', 'UPPER(a) = a', "'A'", 'impossible'],
  ['a VARCHAR(20) CHARACTER SET gbk', "a <> 'it''s'", "'A'"],
  ['a VARCHAR(20), b VARCHAR(20)', 'a <> b', "'y', 'z'"],
  ["a ENUM('a', 'it''s', 'b,c') NOT NULL", "a <> 'it''s'", "'a'"],
  ["a ENUM('a', 'b') , b DECIMAL(8,2)", "a <> 'b' OR b <= 100", "'b', 1"],
  // A text that is no JSON breaks it before JSON_EXTRACT is asked.
  ['a TEXT', "JSON_VALID(a) AND JSON_EXTRACT(a, '$.a') > 0", `'{"a":1}'`],
]

const numbers: readonly Case[] = [
  ['a INT NOT NULL', 'a IN (1, 2, 3)', '2'],
  ['a INT', 'a BETWEEN -5 AND 5', '2'],
  ['a INT', 'a IS NOT NULL', '1'],
  ['a INT, b INT', 'a > 0 XOR b > 0', '1, -1'],
  ['a INT, b INT, c INT', 'a IS NULL OR b IS NULL OR c IS NULL', 'NULL, NULL, NULL'],
  ['a TINYINT', 'a < 128', '2', 'guaranteed'],
  ['a INT UNSIGNED', 'a >= 0', '1', 'guaranteed'],
  ['a DECIMAL(5,2)', 'a <= 0.05', '0.01'],
  ['a DECIMAL(3,2) UNSIGNED', 'a <= 1', '0.01'],
  ['a DOUBLE', 'a >= -0.5', '1'],
  // 1 in a YEAR is 2001.
  ['a YEAR', 'a >= 1990', '2020'],
]

const dates: readonly Case[] = [
  ['a DATETIME NOT NULL, b DATETIME NOT NULL', 'a < b', "'2024-01-01', '2024-01-02'"],
  ['a DATE NOT NULL', "a >= '1975-01-01'", "'2024-01-01'"],
  ['a DATE NOT NULL, b DATE', 'b <= DATE_ADD(a, INTERVAL 30 DAY)', "'2024-01-01', '2024-01-02'"],
  ['a DATETIME(6)', "a <> '2024-02-03 04:05:06.123456'", "'2024-01-01'"],
  ['a TIMESTAMP NULL', "a >= '2000-01-01'", "'2024-01-01'"],
  ['a TIME', "a BETWEEN '08:00' AND '20:00'", "'09:00:00'"],
]

// What needs a line in probes.sql: no value of these is made up, or a value is an error, which ends the search.
const unfound: readonly Case[] = [
  ['a JSON', "JSON_EXTRACT(a, '$.price') >= 0", `'{"price":5}'`, 'impossible'],
  ['a TEXT', "JSON_EXTRACT(a, '$.a') > 0", `'{"a":1}'`, 'impossible'],
  ["a SET('x', 'y')", "a <> 'x'", "'y'", 'impossible'],
  ['a BIT(3)', 'a < 5', '1', 'impossible'],
  ['a VARBINARY(3)', "a <> 'x'", "'a'", 'impossible'],
  ['a INT, g INT AS (a * 2) STORED', 'g >= 0', '1, DEFAULT', 'impossible'],
]

const columns: readonly Case[] = [
  ['Quantity INT', 'QUANTITY > 0', '1'],
  ['`a``b` INT, `with space` INT, `q?:x` INT', '`a``b` > 0 AND `with space` > 0 AND `q?:x` > 0', '1, 2, 3'],
  // What stands beside the clause does not matter.
  ["j JSON NOT NULL, s SET('x') NOT NULL, b BIT(1) NOT NULL, a INT", 'a > 0', `'{}', 'x', 0, 1`],
]

const cases = { texts, numbers, dates, unfound, columns }
const flat = Object.entries(cases).flatMap(([topic, own]) =>
  own.map((item, at) => [`${topic}_${at}`, item] as const),
)
const script = flat.map(
  ([name, [definition, clause]]) =>
    `CREATE TABLE ${name} (id INT PRIMARY KEY, ${definition}, CONSTRAINT ck_${name} CHECK (${clause}))`,
)

let schema: TestSchema
let snapshot: Snapshot
beforeAll(async () => {
  schema = await openTestSchema('probe_clauses', script.join(';\n'))
  snapshot = await readSnapshot(schema.read)
})
afterAll(() => schema[Symbol.asyncDispose]())

const probe = async (name: string) => {
  const [constraint] = tableOf(snapshot, name).constraints
  if (constraint === undefined) throw new Error(`${name} has no constraint`)
  const { outcome, answer } = await probeConstraint(schema.write, snapshot, constraint)
  const { count } = await schema.read.row(
    z.object({ count: z.number() }),
    `SELECT COUNT(*) AS count FROM ${name}`,
  )
  return { outcome, answer, count }
}

describe.each(Object.keys(cases))('a clause on %s', (topic) => {
  test.each(flat.filter(([name]) => name.startsWith(topic)))('%s: %o', async (name, [, , row, outcome]) => {
    const answers = {
      refused: `3819: Check constraint 'ck_${name}' is violated.`,
      guaranteed: expect.stringMatching(/^no value that its columns hold .* refuses what would: 1\d{3}: /),
      impossible: expect.stringMatching(`probes[.]sql, .*:\n    -- name: ${name}[.]ck_${name}\n    UPDATE `),
    }
    const wanted = { outcome: outcome ?? 'refused', answer: answers[outcome ?? 'refused'] }
    expect(await probe(name)).toEqual({ ...wanted, count: 0 })
    await schema.write.run(`INSERT INTO ${name} VALUES (1, ${row})`)
    expect(await probe(name)).toEqual({ ...wanted, count: 1 })
  })
})
