import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type LockBench, schema, startLockBench } from '../../../drills/support/test-lock.ts'
import { rejectionOf, runAll } from '../../../drills/support/test-migration.ts'
import { withDatabase } from '../../../drills/support/test-server.ts'
import { describeChanges } from '../../core/schema/changes.ts'
import { readSnapshot } from '../../core/schema/read-snapshot.ts'
import { openWriteSession } from '../../core/server/write-session.ts'
import { constraintStatement, indexStatement } from '../folder/statements.ts'

let bench: LockBench
beforeAll(async () => {
  bench = await startLockBench()
})
afterAll(() => bench[Symbol.asyncDispose]())

const indexes = String.raw`
ALTER TABLE ~Order~ ADD UNIQUE INDEX k_unique (b, id) COMMENT 'it''s "why", \\ (ủ) ?';
ALTER TABLE ~Order~ ADD INDEX k_prefix (b(3)), ADD INDEX k_hidden (a) INVISIBLE;
ALTER TABLE ~Order~ ADD INDEX k_lower ((LOWER(b)), a);
CREATE INDEX k_many ON ~Order~ ((CAST(j->'$.x' AS SIGNED ARRAY)));
ALTER TABLE Item ADD INDEX (a), ADD INDEX ~odd~~name~ (a, at);
`.replaceAll('~', '`')
const constraints = String.raw`
ALTER TABLE ~Order~ ADD CHECK (a > 0);
ALTER TABLE ~Order~ ADD CONSTRAINT twin CHECK ((a < 99 OR b <> 'it''s \\ )')) NOT ENFORCED;
ALTER TABLE Item ADD CONSTRAINT twin CHECK ((a BETWEEN 0 AND 9 AND (at IS NULL OR at > '2020-01-01')));
ALTER TABLE Item ADD CONSTRAINT ~select~ CHECK (((a <> 7)));
ANALYZE TABLE Item;
`.replaceAll('~', '`')
const rollback = `
ALTER TABLE \`Order\` DROP INDEX k_unique, DROP INDEX k_prefix, DROP INDEX k_hidden, DROP INDEX k_lower, DROP INDEX k_many;
ALTER TABLE Item DROP INDEX a, DROP INDEX \`odd\`\`name\`;
SET GLOBAL tidb_enable_check_constraint = ON;
ALTER TABLE \`Order\` DROP CONSTRAINT order_chk_1;
ALTER TABLE \`Order\` DROP CONSTRAINT twin;
ALTER TABLE Item DROP CONSTRAINT twin;
ALTER TABLE Item DROP CONSTRAINT \`select\`;
`

describe('makeLock', () => {
  test('gives statements that make the very schema of the scripts', async () => {
    const { adds } = await bench.lockFrom({ indexes, constraints, rollback })
    expect(adds.indexes.map(({ table, name }) => `${table}.${name}`)).toEqual([
      'Item.a',
      'Item.odd`name',
      'Order.k_hidden',
      'Order.k_lower',
      'Order.k_many',
      'Order.k_prefix',
      'Order.k_unique',
    ])
    expect(
      adds.constraints.map(({ table, name, clause, enforced }) => [table, name, clause, enforced]),
    ).toEqual([
      ['Item', 'select', '`a` != 7', true],
      ['Item', 'twin', "`a` between 0 and 9 and (`at` is null or `at` > _utf8mb4'2020-01-01')", true],
      ['Order', 'order_chk_1', '`a` > 0', true],
      ['Order', 'twin', "`a` < 99 or `b` != _utf8mb4'it''s \\\\ )'", false],
    ])

    await using byScript = await withDatabase('by_script')
    await using byLock = await withDatabase('by_lock')
    await using script = await openWriteSession(byScript.server)
    await using lock = await openWriteSession(byLock.server)
    await runAll(script, `${schema}\n${indexes}\n${constraints}`)
    await runAll(lock, schema)
    for (const index of adds.indexes) await lock.run(indexStatement(index))
    for (const constraint of adds.constraints) await lock.run(constraintStatement(constraint))
    expect(describeChanges(await readSnapshot(script), await readSnapshot(lock))).toEqual([])
  })

  const small = { indexes: 'ALTER TABLE Item ADD INDEX k (a);', rollback: 'ALTER TABLE Item DROP INDEX k;' }
  const check = 'ALTER TABLE Item ADD CONSTRAINT ck CHECK ((a > 0));'
  const drop = 'ALTER TABLE Item DROP CONSTRAINT ck;'
  const crlf = (text: string) => `\uFEFF${text.replaceAll(' ', '\r\n')}\r\n`

  test.each([
    ['no constraints.sql', {}],
    ['a constraints.sql of comments', { constraints: '-- nothing\n/* yet */\n' }],
    [
      'Windows line ends and a byte order mark',
      { indexes: crlf(small.indexes), rollback: crlf(small.rollback) },
    ],
    [
      'an index that is there already',
      { indexes: `${small.indexes}\nCREATE INDEX IF NOT EXISTS k_old ON \`Order\` (a);` },
    ],
    [
      'settings of the session',
      { indexes: `SET sql_mode = 'ANSI_QUOTES'; SET time_zone = '+09:00'; ${small.indexes}` },
    ],
    ['a change that is never committed', { indexes: `${small.indexes} BEGIN; DELETE FROM Item;` }],
    ['another database in use at the end', { indexes: `${small.indexes} USE mysql;` }],
    ['AUTO_INCREMENT that moves', { indexes: `${small.indexes} ALTER TABLE Item AUTO_INCREMENT = 7000000;` }],
  ])('accepts %s', async (_, files) => {
    const { adds } = await bench.lockFrom({ ...small, ...files })
    expect(adds.indexes.map(({ name }) => name)).toEqual(['k'])
    expect(adds.constraints).toEqual([])
  })

  test('accepts a rollback that puts the CHECK switch back', async () => {
    const off = 'SET GLOBAL tidb_enable_check_constraint = OFF;'
    const { adds } = await bench.lockFrom({ constraints: check, rollback: `${drop} ${off}` })
    expect(adds.constraints.map(({ name }) => name)).toEqual(['ck'])
  })

  test.each([
    [
      'a baseline with a syntax error',
      { schema: 'CREATE TABL t;' },
      /the baseline of \S+\/tiny stops: .*syntax/,
    ],
    ['a syntax error', { indexes: 'ALTER TABL Item;' }, /indexes\.sql stops: .*syntax[\s\S]*next: Correct/],
    [
      'DELIMITER',
      { indexes: 'DELIMITER //\nALTER TABLE Item ADD INDEX k (a)//' },
      /DELIMITER and other client/,
    ],
    [
      'a table that is not there',
      { constraints: 'ALTER TABLE Gone ADD CHECK (a > 0);' },
      /constraints\.sql stops/,
    ],
    [
      'a rollback that fails',
      { ...small, rollback: 'ALTER TABLE Item DROP INDEX kk;' },
      /rollback\.sql stops/,
    ],
    ['rows that break a CHECK', { constraints: 'ALTER TABLE Item ADD CHECK ((a > 1));' }, /3819|violated/],
    [
      'good rows and a single pair of parentheses around an OR (#71050)',
      { constraints: 'ALTER TABLE `Order` ADD CHECK (b IS NULL OR a > 0 OR a IS NULL);' },
      /violated[\s\S]*next: If no row breaks it, write it in double parentheses/,
    ],
  ])('stops at %s', async (_, files, message) => {
    const { code, message: text } = await rejectionOf(bench.lockFrom(files))
    expect(code).toBe('SCRIPT_FAILED')
    expect(text).toMatch(message)
  })

  test('refuses a CHECK that TiDB let bad rows through, because of its single parentheses (#71050)', async () => {
    const constraints = 'ALTER TABLE Item ADD CONSTRAINT ck CHECK (a > 0 AND a < 2);'
    const { code, message } = await rejectionOf(bench.lockFrom({ constraints, rollback: drop }))
    expect(code).toBe('SCRIPT_REFUSED')
    expect(message).toMatch(/The lock cannot give back the schema of \S+\/tiny/)
    expect(message).toMatch(
      /ADD CONSTRAINT `ck` CHECK \(\(`a` > 0 and `a` < 2\)\): .*violated[\s\S]*next: Rows break it/,
    )
  })
})
