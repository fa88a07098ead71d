import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { openTestSchema, type TestSchema, tableOf } from '../../../drills/support/test-shapes.ts'
import type { Constraint, Snapshot } from '../../core/schema/model.ts'
import { readSnapshot } from '../../core/schema/read-snapshot.ts'
import { probeConstraint } from './probe.ts'

// Two rows whose order differs by row id and by index: a probe must change the very row it has looked at.
const script = `
CREATE TABLE loose (q INT, m INT, note VARCHAR(9), KEY k (q, m), CONSTRAINT ck_loose CHECK (m <= q));
INSERT INTO loose VALUES (10, 1, 'a'), (5, 1, 'b');
CREATE TABLE free (id INT PRIMARY KEY, a INT, CONSTRAINT ck_free CHECK (a > 0) NOT ENFORCED);
INSERT INTO free VALUES (1, 1), (2, -7);
CREATE TABLE keyed (area VARCHAR(9) COLLATE utf8mb4_unicode_ci, seat INT, PRIMARY KEY (area, seat), CONSTRAINT ck_keyed CHECK (seat > 0 AND area <> ''));
INSERT INTO keyed VALUES ('b', 1), ('a', 2), ('a', 10);
CREATE TABLE keyed_free (area VARCHAR(9) COLLATE utf8mb4_bin, seat INT, PRIMARY KEY (area, seat) NONCLUSTERED, CONSTRAINT ck_kf CHECK (seat < 5) NOT ENFORCED);
INSERT INTO keyed_free VALUES ('b', 1), ('a', 2), ('a', 3);
CREATE TABLE implied (id INT PRIMARY KEY, a INT, CONSTRAINT first_wide CHECK (a >= 0), CONSTRAINT then_narrow CHECK (a > 0), CONSTRAINT last_wide CHECK (a > -5));
CREATE TABLE dirty (id INT PRIMARY KEY, a INT, b INT);
INSERT INTO dirty VALUES (1, 1, -1);
ALTER TABLE dirty ADD CONSTRAINT ck_dirty CHECK (a > 0 AND b > 0);
CREATE TABLE odd (id INT PRIMARY KEY, a INT, CONSTRAINT \`It's \`\`Odd\` CHECK (a > 0));
CREATE TABLE parent (id INT PRIMARY KEY);
CREATE TABLE child (id INT PRIMARY KEY, p INT NOT NULL, a INT, UNIQUE (a), CONSTRAINT fk FOREIGN KEY (p) REFERENCES parent (id), CONSTRAINT ck_child CHECK (a > 0));
CREATE TABLE wide (id INT PRIMARY KEY, a INT, b INT, c INT, d INT, CONSTRAINT ck_wide CHECK (a IS NULL OR b IS NULL OR c IS NULL OR d IS NULL))
`
let schema: TestSchema
let snapshot: Snapshot
beforeAll(async () => {
  schema = await openTestSchema('probe', script)
  snapshot = await readSnapshot(schema.read)
})
afterAll(() => schema[Symbol.asyncDispose]())

const constraintOf = (table: string, name?: string): Constraint => {
  const found = tableOf(snapshot, table).constraints.find((item) => name === undefined || item.name === name)
  if (found === undefined) throw new Error(`${table} has no constraint ${name}`)
  return found
}
const rowsOf = (table: string) => schema.read.rows(z.unknown(), `SELECT * FROM ${table} ORDER BY 1, 2`)
const probe = async (constraint: Constraint, sql?: string) => {
  const before = await rowsOf(constraint.table)
  const written = sql === undefined ? undefined : { name: 'written', about: {}, sql }
  const found = await probeConstraint(schema.write, snapshot, constraint, written)
  expect(await rowsOf(constraint.table)).toEqual(before)
  return found
}

describe('the server refuses', () => {
  test.each([
    ['loose', 'ck_loose', 'UPDATE `loose` SET `q` = 0 ORDER BY `_tidb_rowid` LIMIT 1'],
    ['keyed', 'ck_keyed', "UPDATE `keyed` SET `area` = '' ORDER BY `area`, `seat` LIMIT 1"],
    // A top-level AND has let the row in (#71050): writing what is there already would change nothing.
    ['dirty', 'ck_dirty', 'UPDATE `dirty` SET `a` = NULL ORDER BY `id` LIMIT 1'],
    ['implied', 'first_wide', 'INSERT INTO `implied` (`id`, `a`) VALUES (1, -1)'],
    ['implied', 'then_narrow', 'INSERT INTO `implied` (`id`, `a`) VALUES (1, 0)'],
    ['odd', "It's `Odd", 'INSERT INTO `odd` (`id`, `a`) VALUES (1, 0)'],
    ['child', 'ck_child', 'INSERT INTO `child` (`id`, `p`, `a`) VALUES (1, 1, 0)'],
  ])('%s.%s', async (table, name, statement) => {
    const answer = `3819: Check constraint '${name}' is violated.`
    expect(await probe(constraintOf(table, name))).toEqual({ outcome: 'refused', statement, answer })
  })

  test('and foreign_key_checks is what it was', async () => {
    await schema.write.run('SET SESSION foreign_key_checks = 0')
    await probe(constraintOf('child'))
    const { checks } = await schema.write.row(
      z.object({ checks: z.number() }),
      'SELECT @@SESSION.foreign_key_checks AS checks',
    )
    expect(checks).toBe(0)
    await schema.write.run('SET SESSION foreign_key_checks = 1')
  })
})

describe('the server accepts, and all is rolled back', () => {
  const missing = { name: 'ck_missing', enforced: true }
  test.each<[string, () => Constraint, string]>([
    ['NOT ENFORCED', () => constraintOf('free'), 'UPDATE `free` SET `a` = 0 ORDER BY `id` LIMIT 1'],
    [
      'NOT ENFORCED, on a column of the key',
      () => constraintOf('keyed_free'),
      'UPDATE `keyed_free` SET `seat` = 5 ORDER BY `area`, `seat` LIMIT 1',
    ],
    [
      'a constraint that is missing',
      () => ({ ...missing, table: 'odd', clause: '`a` <> 5' }),
      'INSERT INTO `odd` (`id`, `a`) VALUES (1, 5)',
    ],
    [
      'a constraint that is missing, on a table without a key',
      () => ({ ...missing, table: 'LOOSE', clause: "`note` != 'x'" }),
      "UPDATE `loose` SET `note` = 'x' ORDER BY `_tidb_rowid` LIMIT 1",
    ],
  ])('%s', async (_, constraint, statement) => {
    expect(await probe(constraint())).toEqual({
      outcome: 'accepted',
      statement,
      answer: 'the server accepted it',
    })
  })
})

describe('nothing is found', () => {
  const on = (table: string, clause: string) => () => ({ table, name: 'ck', clause, enforced: true })
  test.each<[string, () => Constraint, RegExp]>([
    [
      'four columns at once',
      () => constraintOf('wide'),
      /^no values were found that break it; write one in the migration's probes\.sql, .*\n {4}-- name: wide\.ck_wide\n {4}UPDATE `wide` SET `a` = <what breaks it>, .* LIMIT 1;$/,
    ],
    [
      'what another constraint implies',
      () => constraintOf('implied', 'last_wide'),
      /the last try: .*'first_wide' is violated.*probes\.sql.*\n {4}-- name: implied\.last_wide\n/,
    ],
    ['a constant', on('loose', '1 = 1'), /probes\.sql/],
    ['no such table', on('nowhere', '`a` > 0'), /^there is no table nowhere$/],
    // Each value is an error of its own: the search ends, and says so.
    [
      'a clause that the server cannot evaluate',
      on('odd', "CAST(CONCAT(`a`, 'x') AS JSON) IS NULL"),
      /probes\.sql/,
    ],
  ])('%s', async (_, constraint, answer) => {
    const wanted = constraint()
    const found = await (wanted.table === 'nowhere'
      ? probeConstraint(schema.write, snapshot, wanted)
      : probe(wanted))
    expect(found).toEqual({
      outcome: 'impossible',
      statement: expect.any(String),
      answer: expect.stringMatching(answer),
    })
  })
})

describe('a statement of probes.sql', () => {
  const wide = 'INSERT INTO wide VALUES (9, 1, 1, 1, 1)'
  test.each([
    ['is refused', 'wide', wide, 'refused', /^3819: .*'ck_wide'/],
    ['is refused, with a comment', 'wide', `/* all four */ ${wide} -- ?`, 'refused', /^3819/],
    ['is accepted', 'free', 'UPDATE free SET a = -1 WHERE id = 1', 'accepted', /accepted/],
    [
      'keeps the clause',
      'wide',
      'INSERT INTO wide (id, a) VALUES (9, 1)',
      'impossible',
      /leaves no row that breaks/,
    ],
    // Rows that break the clause are there already, so it takes more than to look for one.
    [
      'changes no row',
      'free',
      'UPDATE free SET a = -1 WHERE id = 99',
      'impossible',
      /leaves no row that breaks/,
    ],
    [
      'is refused for another reason',
      'wide',
      'INSERT INTO wide (a) VALUES (1)',
      'impossible',
      /another reason: Field 'id'/,
    ],
  ])('%s', async (_, table, sql, outcome, answer) => {
    expect(await probe(constraintOf(table), sql)).toEqual({
      outcome,
      statement: sql,
      answer: expect.stringMatching(answer),
    })
  })

  test.each([
    ['DROP TABLE wide'],
    ['ALTER TABLE wide ADD COLUMN e INT'],
    [`${wide}; COMMIT`],
    ['COMMIT'],
    ['TRUNCATE TABLE free'],
    ['INSERT INTO nowhere VALUES (1)'],
    ['INSRT INTO wide VALUES (1)'],
  ])('is not run: %s', async (sql) => {
    await expect(probe(constraintOf('wide'), sql)).rejects.toThrow(/PROBE_INVALID: probes\.sql, "written"/)
    expect(await readSnapshot(schema.read)).toEqual(snapshot)
  })
})

test('a lost connection is no answer', async () => {
  await using own = await openTestSchema(
    'probe_lost',
    'CREATE TABLE t (id INT PRIMARY KEY, a INT, CONSTRAINT c CHECK (a > 0))',
  )
  const [constraint] = tableOf(await readSnapshot(own.read), 't').constraints
  if (constraint === undefined) throw new Error('t has no constraint')
  await schema.write.run(`KILL TIDB CONNECTION ${own.write.connectionId}`)
  await expect(probeConstraint(own.write, await readSnapshot(own.read), constraint)).rejects.toThrow(
    /closed|lost|socket|ECONNRESET|EPIPE/i,
  )
})

const scanShape = z.object({ plan: z.string() })

test.each([
  ['without a key', ''],
  ['with a composite string key', ', PRIMARY KEY (code, q)'],
  ['with a nonclustered key', ', PRIMARY KEY (code) NONCLUSTERED'],
])('reads no more than the start of a large table %s', async (_, key) => {
  const length = 10_000
  await using large = await openTestSchema(
    'probe_large',
    `CREATE TABLE t (code VARCHAR(20) NOT NULL, q INT NOT NULL, m INT, note VARCHAR(9), KEY k (q, m), CONSTRAINT c CHECK (m <= q) NOT ENFORCED${key});
     SET SESSION cte_max_recursion_depth = ${length};
     INSERT INTO t WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < ${length}) SELECT CONCAT('c', n), n, 1, 'x' FROM s`,
  )
  const before = await readSnapshot(large.read)
  const [constraint] = tableOf(before, 't').constraints
  if (constraint === undefined) throw new Error('t has no constraint')
  expect(await probeConstraint(large.write, before, constraint)).toMatchObject({ outcome: 'accepted' })
  const plans = await large.read.rows(
    scanShape,
    `SELECT PLAN AS plan FROM information_schema.statements_summary WHERE SCHEMA_NAME = DATABASE() AND PLAN LIKE '%FullScan%' AND DIGEST_TEXT NOT LIKE 'insert%'`,
  )
  // The columns of a plan are parted by tabs: id, task, estRows, operator info, actRows.
  const scanned = plans.flatMap(({ plan }) =>
    plan
      .split('\n')
      .filter((line) => line.includes('FullScan'))
      .map((line) => Number(line.split('\t')[5])),
  )
  expect(scanned.length).toBeGreaterThanOrEqual(3)
  expect(Math.max(...scanned)).toBeLessThan(length / 2)
})
