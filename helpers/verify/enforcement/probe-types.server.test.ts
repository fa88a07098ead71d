import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { openTestSchema, type TestSchema, tableOf } from '../../../drills/support/test-shapes.ts'
import { readSnapshot } from '../../core/schema/read-snapshot.ts'
import { probeConstraint } from './probe.ts'

const script = `
CREATE TABLE filled (
  id INT PRIMARY KEY, n INT UNSIGNED NOT NULL, m TINYINT, d DECIMAL(5,2) UNSIGNED, doc JSON, kind ENUM('a', 'b'),
  code VARCHAR(5) NOT NULL, at TIMESTAMP NULL, \`x"'y\` VARCHAR(9) NOT NULL, UNIQUE KEY uq_m (m),
  CONSTRAINT n_least CHECK (n >= 0), CONSTRAINT m_most CHECK (m <= 127 AND m >= -128), CONSTRAINT d_least CHECK (d >= 0),
  CONSTRAINT doc_valid CHECK (JSON_VALID(doc)), CONSTRAINT kind_known CHECK (kind IN ('a', 'b')),
  CONSTRAINT code_short CHECK (CHAR_LENGTH(code) <= 5), CONSTRAINT code_there CHECK (code IS NOT NULL),
  CONSTRAINT at_era CHECK (at >= '1970-01-01 00:00:00'), CONSTRAINT either CHECK (n >= 0 OR d >= 0),
  CONSTRAINT n_small CHECK (n >= 0 AND n < 50), CONSTRAINT quoted CHECK (\`x"'y\` <> 'it''s'),
  CONSTRAINT n_free CHECK (n >= 0) NOT ENFORCED, CONSTRAINT taken CHECK (m <> 7)
);
INSERT INTO filled VALUES (1, 1, 1, 1, '{}', 'a', 'x', '2026-01-01', 'x'), (2, 2, 2, NULL, NULL, NULL, 'y', NULL, 'y');
CREATE TABLE bare (n INT UNSIGNED NOT NULL, doc JSON NOT NULL, CONSTRAINT bare_n CHECK (n >= 0), CONSTRAINT bare_doc CHECK (JSON_VALID(doc)));
`
let schema: TestSchema
beforeAll(async () => {
  schema = await openTestSchema('probe_types', script)
})
afterAll(() => schema[Symbol.asyncDispose]())

const probe = async (table: string, name: string) => {
  const snapshot = await readSnapshot(schema.read)
  const constraint = tableOf(snapshot, table).constraints.find((item) => item.name === name)
  if (constraint === undefined) throw new Error(`${table} has no constraint ${name}`)
  const rows = () => schema.read.rows(z.unknown(), `SELECT * FROM ${table}`)
  const before = await rows()
  const found = await probeConstraint(schema.write, snapshot, constraint)
  expect(await rows()).toEqual(before)
  return found
}

test.each([
  ['filled', 'n_least', /1264: Out of range value for column 'n'/],
  ['filled', 'n_free', /1264: Out of range value for column 'n'/],
  ['filled', 'm_most', /1264: Out of range value for column 'm'/],
  ['filled', 'd_least', /1264: Out of range value for column 'd'/],
  ['filled', 'doc_valid', /3140: Invalid JSON text/],
  ['filled', 'kind_known', /1265: Data truncated for column/],
  ['filled', 'code_short', /1406: Data too long for column 'code'/],
  ['filled', 'code_there', /1048: Column 'code' cannot be null/],
  ['filled', 'at_era', /1292: Incorrect timestamp value/],
  ['filled', 'either', /1264: Out of range value for column/],
  ['bare', 'bare_n', /1264: Out of range value for column 'n'/],
  ['bare', 'bare_doc', /3140: Invalid JSON text/],
])(
  'no row can break %s.%s, and the answer says which rule of the type sees to it',
  async (table, name, rule) => {
    const { outcome, answer } = await probe(table, name)
    expect(answer).toMatch(rule)
    expect(outcome).toBe('guaranteed')
  },
)

test.each([
  ['n_small', /^3819: .*'n_small'/],
  ['quoted', /^3819: .*'quoted'/],
  ['taken', /^3819: .*'taken'/],
])('a type that guarantees a part of it guarantees nothing: %s is tried', async (name, answer) => {
  expect(await probe('filled', name)).toMatchObject({
    outcome: 'refused',
    answer: expect.stringMatching(answer),
  })
})
