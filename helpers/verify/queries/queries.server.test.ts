import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { openTestSchema, type TestSchema } from '../../../drills/support/test-shapes.ts'
import '../../core/query-plan/matchers.ts'
import { operatorsOf, type QueryPlan } from '../../core/query-plan/plan.ts'
import { listMigrations, readMigration, statementsOf } from '../../migrate/folder/migration.ts'
import { bindQuery, explainQuery, explainWithIndex, type GuideQuery, toGuideQuery } from './queries.ts'

const header = { title: 'what it is for', index: 'Order.idx_a', expect: 'range' }
const query = (about: Record<string, string>, sql = 'SELECT 1') => toGuideQuery({ name: 'it', about, sql })

describe('the header', () => {
  test('of each query in the repository is right', () => {
    const all = listMigrations().flatMap((name) => statementsOf(readMigration(name), 'queries'))
    expect(all.length).toBeGreaterThan(20)
    for (const each of all) expect(toGuideQuery(each).sql).toBe(each.sql)
  })

  test('is read', () => {
    const about = {
      ...header,
      ...{ expect: 'range , keep-order,covering', since: '7.5.1', why: 'w', else: 'other' },
      ...{ params: 'SELECT 1', unfit: 'Order.idx_b' },
      ...{ benchmark: '50 ms p95', reduction: '50 to 80 %' },
    }
    expect(query(about)).toEqual({
      ...about,
      name: 'it',
      sql: 'SELECT 1',
      expect: ['range', 'keep-order', 'covering'],
      index: { table: 'Order', name: 'idx_a' },
      unfit: { table: 'Order', name: 'idx_b' },
      benchmark: { limitMs: 50 },
      reduction: { from: 50, to: 80 },
    })
    expect(query({ ...header, benchmark: 'measured' }).benchmark).toEqual({ limitMs: undefined })
  })

  test.each([
    ['Shop.Table.by.a, b', { table: 'Shop.Table', name: 'by.a, b' }],
    ['shop.table.BY.a, b', { table: 'Shop.Table', name: 'by.a, b' }],
    ['`Shop.Other`.`by``.c`', { table: 'Shop.Other', name: 'by`.c' }],
    ['order items (old).it`s', { table: 'order items (old)', name: 'it`s' }],
  ])('names an index whatever it is called: %s', (index, meant) => {
    const known = [{ table: 'Shop.Table', name: 'by.a, b' }]
    const statement = { name: 'it', about: { ...header, index }, sql: 'SELECT 1' }
    expect(toGuideQuery(statement, known).index).toEqual(meant)
  })

  test.each<[string, Record<string, string>, RegExp]>([
    ['nothing', {}, /title/],
    [
      'neither a benchmark nor an expectation',
      { title: 't' },
      /not benchmarked needs the line expect or unfit/,
    ],
    [
      'an index and no expectation',
      { title: 't', index: 'T.i', benchmark: 'measured' },
      /index needs the line expect/,
    ],
    ['an empty title', { ...header, title: '' }, /title/],
    ['an unknown expectation', { ...header, expect: 'range, fast' }, /range.*keep-order.*covering/],
    ['an empty expectation', { ...header, expect: '' }, /expect/],
    ['an index without its table', { ...header, index: 'idx_a' }, /table\.index/],
    ['an index with a database', { ...header, index: 'db.Order.idx_a' }, /table\.index/],
    ['no index to be used', { title: 't', expect: 'range' }, /need the line index/],
    ['an unfit index without its table', { title: 't', unfit: 'idx_a' }, /table\.index/],
    ['what the guide says of it', { ...header, claim: 'c' }, /claim/],
    ['a release with a v', { ...header, since: 'v7.5.1', why: 'w', else: 'e' }, /a release, such as 7\.5\.1/],
    ['a release without why', { ...header, since: '7.5.1', else: 'e' }, /since needs the lines why and else/],
    ['a release without else', { ...header, since: '7.5.1', why: 'w' }, /since needs the lines why and else/],
    ['a line that is misspelt', { ...header, parms: 'SELECT 1' }, /parms/],
    ['a benchmark without a unit', { ...header, benchmark: '50' }, /measured, or a limit such as 50 ms p95/],
    ['a limit at another percentile', { ...header, benchmark: '50 ms p50' }, /50 ms p95/],
    ['a reduction that is not measured', { ...header, reduction: '50 to 80 %' }, /needs the line benchmark/],
    ['a reduction of one number', { ...header, benchmark: 'measured', reduction: '50 %' }, /two percentages/],
  ])('with %s is refused', (_, about, says) => {
    expect(() => query(about)).toThrow(/QUERY_INVALID: queries\.sql, "it": /)
    expect(() => query(about)).toThrow(says)
  })
})

const text = String.raw`it's "q" \ ủ 名 %? :a`
const script = String.raw`
CREATE TABLE T (
  id INT PRIMARY KEY, a INT, s VARCHAR(50), d DATETIME(3), m DECIMAL(20,2), big BIGINT UNSIGNED, b VARBINARY(9), nothing INT,
  ~why?~ INT, ~x:y~ INT, KEY k_s (s), KEY k_d (d), KEY k_m (m), KEY k_big (big)
);
INSERT INTO T VALUES (1, 5, 'it''s "q" \\ ủ 名 %? :a', '2026-01-02 03:04:05.678', 12345678901234567.50, 18446744073709551615, 'x', NULL, 1, 1)
`.replaceAll('~', '`')

let schema: TestSchema
beforeAll(async () => {
  schema = await openTestSchema('queries', script)
})
afterAll(() => schema[Symbol.asyncDispose]())

const explained = (sql: string, params?: string) =>
  explainQuery(schema.read, query({ ...header, ...(params === undefined ? {} : { params }) }, sql)).then(
    ({ plan }) => plan,
  )
const infoOf = (plan: QueryPlan) =>
  operatorsOf(plan)
    .map(({ operator }) => operator.operatorInfo)
    .join('\n')

describe('a query is asked with the values of its params', () => {
  const given = 'SELECT * FROM (SELECT id, a, s, d, m, big FROM T) AS found LIMIT 1'
  test.each([
    ['a number in LIMIT', 'SELECT * FROM T LIMIT :a', 'count:5'],
    ['one value twice', 'SELECT * FROM T WHERE a = :a OR big = :a', 'eq(a, 5), eq(big, 5)'],
    ['names that begin alike', 'SELECT * FROM T WHERE m > :m AND big > :big AND a = :a', 'eq(a, 5)'],
    [
      'signs in texts and names',
      "SELECT `why?`, `x:y` FROM T WHERE s <> ':a ? 12:30:00' AND a = :a",
      'eq(a, 5), ne(s, ":a ? 12:30:00")',
    ],
    ['a quote in a comment', "SELECT 1 FROM T -- don't :a ?\n WHERE a = :a /* it's ? */ # '\n", 'eq(a, 5)'],
    ['a variable that is set', 'SELECT @v := a FROM T WHERE a = :a', 'eq(a, 5)'],
  ])('%s', async (_, sql, says) => {
    const plan = await explained(sql, given)
    expect(infoOf(plan).replaceAll(/\w+\.T\.|\w+\.t\./gi, '')).toContain(says)
    expect(plan.sql).toBe(sql)
  })

  // A plan does not show these: they may be a customer's.
  test.each([
    ['a text', 's', text],
    ['a date', 'd', '2026-01-02 03:04:05.678'],
    ['a decimal', 'm', '12345678901234567.50'],
    ['a number beyond 2^53', 'big', '18446744073709551615'],
  ])('%s', async (_, column, value) => {
    const asked = query({ ...header, params: given }, `SELECT * FROM T WHERE ${column} = :${column}`)
    const bound = await bindQuery(schema.read, asked)
    expect(bound.values).toEqual([value])
    expect(await schema.read.rows(z.unknown(), bound.sql, bound.values)).toHaveLength(1)
  })

  test('and without params as it stands', async () => {
    expect(infoOf(await explained("SELECT * FROM T WHERE s = ':a'"))).toContain('":a"')
  })
})

describe('with its index hinted', () => {
  const withIndex = async (index: string, sql: string, expected: GuideQuery['expect'] = ['range']) => {
    const asked = { ...query({ ...header }, sql), index: { table: 'T', name: index }, expect: expected }
    return explainWithIndex(schema.read, asked, await explainQuery(schema.read, asked))
  }

  test('a table of one row without statistics is read by the index that can serve the query', async () => {
    expect(await withIndex('k_s', "SELECT * FROM T WHERE s > 'a'")).toRangeScan('k_s')
    const inOrder = await withIndex('k_d', "SELECT d FROM T WHERE d > '2026-01-01' ORDER BY d", [
      'keep-order',
    ])
    expect(inOrder).toKeepOrder('k_d')
  })

  test('one that cannot serve it is seen not to', async () => {
    expect(await withIndex('k_s', "SELECT * FROM T WHERE LOWER(s) = 'a'")).not.toRangeScan('k_s')
    expect(await withIndex('k_d', 'SELECT * FROM T WHERE a = 1 ORDER BY m', ['keep-order'])).not.toKeepOrder(
      'k_d',
    )
  })
})

describe('a query is not asked', () => {
  const sql = 'SELECT * FROM T WHERE a = :a'
  test.each<[string, string, string | undefined, RegExp]>([
    [
      'no rows',
      sql,
      'SELECT a FROM T WHERE a = 99',
      /QUERY_WITHOUT_DATA: The query it finds no values to ask with: SELECT a/,
    ],
    ['a NULL in the row', sql, 'SELECT a, nothing FROM T', /QUERY_WITHOUT_DATA/],
    ['an aggregate over no rows', sql, 'SELECT MAX(a) AS a FROM T WHERE a = 99', /QUERY_WITHOUT_DATA/],
    [
      'bytes',
      sql,
      'SELECT b AS a FROM T',
      /QUERY_INVALID[\s\S]*a parameter must be a text, a number or a date/,
    ],
    [
      'no params at all',
      sql,
      undefined,
      /QUERY_INVALID: queries\.sql, "it": its params give no value for :a/,
    ],
    ['params of another name', sql, 'SELECT a AS A FROM T', /no value for :a/],
    ['a place without a name', 'SELECT * FROM T WHERE a = ?', 'SELECT a FROM T', /no value for \?/],
    [
      'params that the server refuses',
      sql,
      'SELECT nope FROM T',
      /QUERY_INVALID: queries\.sql, "it": its params: Unknown column 'nope'/,
    ],
    ['params that write', sql, 'DELETE FROM T', /WRITE_REFUSED/],
    ['a query that the server refuses', 'SELECT nope FROM T', undefined, /QUERY_PLAN_REFUSED/],
  ])('with %s', async (_, asked, params, says) => {
    await expect(explained(asked, params)).rejects.toThrow(says)
  })
})
