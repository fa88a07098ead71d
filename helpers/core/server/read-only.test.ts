import { describe, expect, test } from 'vitest'
import { assertReadOnly } from './read-only.ts'

describe('a reading connection lets pass', () => {
  test.each([
    'SELECT 1',
    'select `update` from `Order` where a = "INTO"',
    '-- why\nSELECT 1;',
    '(SELECT 1) UNION (SELECT 2)',
    'WITH a AS (SELECT 1) SELECT * FROM a',
    "SHOW GLOBAL VARIABLES LIKE 'tidb%'",
    'SHOW CREATE TABLE `insert`',
    "EXPLAIN FORMAT='tidb_json' SELECT 1",
    'ADMIN SHOW DDL JOBS',
    'EXPLAIN UPDATE t SET a = 1',
    'ADMIN CHECK TABLE t',
    'SELECT /*+ USE_INDEX(t, a) */ * FROM t',
    'SELECT sleep, get_lock FROM benchmark',
    "SELECT COUNT(*) FROM t WHERE (replace(a, 'x', '') = insert(a, 1, 1, '')) IS FALSE",
  ])('%s', (sql) => {
    expect(() => assertReadOnly(sql)).not.toThrow()
  })
})

describe('a reading connection refuses', () => {
  test.each([
    'DELETE FROM t',
    'EXPLAIN ANALYZE DELETE FROM t',
    'EXPLAIN/**/ANALYZE DELETE FROM t',
    'EXPLAIN /* x */ ANALYZE SELECT 1',
    'desc analyze select 1',
    'EXPLAIN /*! ANALYZE */ DELETE FROM t',
    'EXPLAIN SELECT 1; DELETE FROM t',
    'SELECT 1; DROP TABLE t',
    'SELECT * FROM t FOR UPDATE',
    "SELECT 1 INTO OUTFILE '/tmp/x'",
    "SELECT 1 /*! INTO OUTFILE '/tmp/x' */",
    'SELECT NEXTVAL(s)',
    'SELECT NEXT VALUE FOR s',
    'EXPLAIN SELECT * FROM t WHERE a = (SELECT NEXTVAL(s))',
    'EXPLAIN UPDATE t SET a = (SELECT SETVAL(s, 700))',
    "SELECT GET_LOCK('migration-harness:shop', 0)",
    'SELECT RELEASE_ALL_LOCKS()',
    'SELECT SLEEP (9)',
    "SELECT `get_lock`('x', 1)",
    'SELECT `Sleep` (9)',
    'SELECT BENCHMARK(1000000000, MD5(1))',
    'WITH a AS (SELECT 1) DELETE FROM t',
    'SET GLOBAL a = 1',
    'ADMIN CANCEL DDL JOBS 1',
    'ANALYZE TABLE t',
    '/* SELECT */ DROP TABLE t',
    '# SELECT\nDROP TABLE t',
    '--\nDROP TABLE t',
    '',
  ])('%s', (sql) => {
    expect(() => assertReadOnly(sql)).toThrow(/WRITE_REFUSED/)
  })
})
