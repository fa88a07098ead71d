import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { openTestSchema, type TestSchema } from '../../../drills/support/test-shapes.ts'
import type { Snapshot } from '../../core/schema/model.ts'
import { readSnapshot } from '../../core/schema/read-snapshot.ts'
import { openRawWriteSession } from '../../core/server/session.ts'
import { schemaCountsOf, testClaim } from './claims.ts'
import { type StatementClaim, statementKinds, toGuideClaim } from './guide-claim.ts'

const script = `
CREATE TABLE \`Order\` (id INT PRIMARY KEY, a INT, b INT, KEY idx_a (a), KEY idx_both (a, b), KEY other (b), CONSTRAINT ck CHECK (a > 0));
INSERT INTO \`Order\` VALUES (1, 1, 1), (2, 2, 2);
CREATE TABLE Empty (id INT PRIMARY KEY, CONSTRAINT ck_off CHECK (id > 0) NOT ENFORCED);
CREATE VIEW v AS SELECT id FROM Empty
`
let schema: TestSchema
let snapshot: Snapshot
beforeAll(async () => {
  schema = await openTestSchema('claims', script)
  snapshot = await readSnapshot(schema.read)
})
afterAll(() => schema[Symbol.asyncDispose]())

const isAsked = (claim: ReturnType<typeof toGuideClaim>): claim is StatementClaim =>
  statementKinds.some((kind) => kind === claim.kind)
const claimOf = (about: Readonly<Record<string, string>>, sql = 'SELECT 1'): StatementClaim => {
  const header = { section: 'preflight', claim: 'The guide says so', ...about }
  const claim = toGuideClaim({ name: 'it', about: header, sql })
  if (isAsked(claim)) return claim
  throw new Error(`no statement answers ${claim.kind}`)
}
const ask = async (about: Readonly<Record<string, string>>, sql: string) =>
  testClaim(schema.write, claimOf(about, sql), snapshot)

test('the truth is counted from the schema: one for each index, constraints enforced or not', () => {
  expect(schemaCountsOf(snapshot)).toEqual({ indexes: 2, constraints: 2, views: 1 })
})

const perColumn = `SELECT COUNT(*) AS answer FROM INFORMATION_SCHEMA.STATISTICS WHERE TABLE_SCHEMA = DATABASE() AND INDEX_NAME LIKE 'idx_%'`
const asked = 'SELECT 7 AS answer'

describe('a claim', () => {
  test.each<[string, Record<string, string>, string, 'held' | 'refuted', RegExp]>([
    ['count', { min: '7', max: '7' }, asked, 'held', /^the guide's query answers 7$/],
    ['count', { min: '8' }, asked, 'refuted', /answers 7$/],
    ['count', { max: '6' }, asked, 'refuted', /answers 7$/],
    ['count', { truth: 'views' }, 'SELECT 1 AS answer', 'held', /answers 1; the schema holds 1$/],
    // A row per column of an index: in range, and wrong all the same.
    [
      'count',
      { min: '1', max: '5', truth: 'indexes' },
      perColumn,
      'refuted',
      /answers 3; the schema holds 2$/,
    ],
    ['count', { min: '3' }, 'SELECT SUM(a) AS answer FROM `Order`', 'held', /answers 3$/],
    ['answers', {}, 'SELECT * FROM `Order`', 'held', /^2 rows$/],
    ['answers', {}, 'SELECT * FROM Empty', 'refuted', /^0 rows$/],
    ['answers', {}, 'SHOW PROFILES', 'refuted', /^0 rows$/],
    ['answers', {}, 'SELECT * FROM mysql.slow_log', 'refuted', /^error 1146: /],
    ['parses', {}, 'ALTER TABLE `Order` DROP CONSTRAINT ck', 'held', /^the server parses it$/],
    ['parses', {}, 'ALTER TABLE `Order` DROP CONSTRAINT IF EXISTS ck', 'refuted', /^error 1064: /],
    ['parses', {}, String.raw`SELECT 'it''s \\ ' , "?" -- :x`, 'held', /parses it$/],
    ['parses', {}, 'ALTER TABLE missing ADD INDEX i (a)', 'held', /parses it, then says error 1146/],
    ['parses', {}, 'SELECT nothing FROM `Order`', 'held', /parses it, then says error 1054/],
    ['parses', {}, "LOAD DATA INFILE 'x' INTO TABLE Empty", 'held', /parses it, then says error 1295/],
    ['parses', {}, 'CREATE PROCEDURE p() BEGIN END', 'refuted', /^error 8108: /],
    [
      'refused',
      {},
      'ALTER TABLE `Order` ADD CONSTRAINT IF NOT EXISTS c CHECK (a > 0)',
      'held',
      /^error 1064: /,
    ],
    ['refused', {}, 'CREATE PROCEDURE p() BEGIN END', 'held', /^error 8108: /],
    ['refused', {}, 'ALTER TABLE `Order` ADD INDEX IF NOT EXISTS i (a)', 'refuted', /^the server parses it$/],
    ['refused', {}, 'ALTER TABLE missing ADD INDEX i (a)', 'refuted', /then says error 1146/],
    [
      'sets',
      { watch: 'tidb_slow_log_threshold' },
      'SET GLOBAL long_query_time = 0.5',
      'refuted',
      /^tidb_slow_log_threshold stays 300$/,
    ],
    [
      'sets',
      { watch: 'tidb_slow_log_threshold' },
      'SET GLOBAL tidb_slow_log_threshold = 500',
      'held',
      /^tidb_slow_log_threshold goes from 300 to 500$/,
    ],
  ])('%s %o: %s is %s', async (kind, about, sql, verdict, measured) => {
    expect(await ask({ kind, ...about }, sql)).toEqual({
      claim: 'The guide says so',
      verdict,
      measured: expect.stringMatching(measured),
    })
  })

  test('sets puts back what was there', async () => {
    const variables =
      "SHOW GLOBAL VARIABLES WHERE Variable_name IN ('long_query_time', 'tidb_slow_log_threshold')"
    const before = await schema.read.rows(z.unknown(), variables)
    await ask({ kind: 'sets', watch: 'tidb_slow_log_threshold' }, 'SET GLOBAL long_query_time = 0.25')
    await ask({ kind: 'sets', watch: 'tidb_slow_log_threshold' }, 'SET GLOBAL tidb_slow_log_threshold = 400')
    expect(await schema.read.rows(z.unknown(), variables)).toEqual(before)
  })

  test.each(['parses', 'refused'])('%s never runs the statement', async (kind) => {
    for (const sql of [
      'DROP TABLE `Order`',
      'DELETE FROM `Order`',
      'EXPLAIN ANALYZE DELETE FROM `Order`',
      'TRUNCATE TABLE `Order`',
      'CREATE TABLE made (a INT)',
      'DROP DATABASE mysql',
      'SET SESSION foreign_key_checks = 0',
    ])
      await ask({ kind }, sql)
    expect(await readSnapshot(schema.read)).toEqual(snapshot)
    expect(await ask({ kind: 'answers' }, 'SELECT * FROM `Order`')).toMatchObject({ measured: '2 rows' })
  })

  test.each<[string, string, RegExp]>([
    ['parses', 'SELECT 1; DROP TABLE `Order`', /CLAIM_INVALID: claims\.sql, "it": it is not one statement/],
    ['refused', '-- nothing', /CLAIM_INVALID/],
    ['answers', 'DELETE FROM `Order`', /WRITE_REFUSED/],
    ['sets', 'SET GLOBAL a = 1, b = 2', /CLAIM_INVALID: claims\.sql, "it": it is no SET GLOBAL/],
    ['sets', 'DROP TABLE `Order`', /CLAIM_INVALID/],
    ['count', 'SELECT COUNT(*) AS answer FROM missing', /missing' doesn't exist/],
  ])('%s: %s is no answer', async (kind, sql, says) => {
    const more = { count: { min: '1' }, sets: { watch: 'tidb_slow_log_threshold' } }
    const about = { kind, ...(kind === 'count' || kind === 'sets' ? more[kind] : {}) }
    await expect(ask(about, sql)).rejects.toThrow(says)
    expect(await readSnapshot(schema.read)).toEqual(snapshot)
  })

  test.each(['answers', 'parses', 'refused'])('%s: a lost connection is no answer', async (kind) => {
    await using lost = await openRawWriteSession(schema.address)
    await schema.write.run(`KILL TIDB CONNECTION ${lost.connectionId}`)
    await expect(testClaim(lost, claimOf({ kind }), snapshot)).rejects.toThrow(
      /closed|lost|socket|ECONNRESET|EPIPE/i,
    )
  })
})
