import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestSchema, type TestSchema } from '../../../drills/support/test-shapes.ts'
import { splitScript } from './split-script.ts'

let schema: TestSchema
beforeAll(async () => {
  schema = await openTestSchema('split', 'CREATE TABLE T (a INT)')
})
afterAll(() => schema[Symbol.asyncDispose]())

test.each<[string, string, string[]]>([
  [
    'two on a line',
    'CREATE INDEX a ON T (a); DROP INDEX a ON T;',
    ['CREATE INDEX a ON T (a);', 'DROP INDEX a ON T;'],
  ],
  ['the last one without a semicolon', 'SET @a = 1;\nSELECT @a', ['SET @a = 1;', 'SELECT @a']],
  [
    'semicolons in strings and names',
    "SELECT ';' AS `x;y`, \";\";SELECT 'it''s; \\';';",
    ['SELECT \';\' AS `x;y`, ";";', "SELECT 'it''s; \\';';"],
  ],
  [
    'semicolons in comments',
    '-- one; two\nSELECT 1 /* a; b */;\n# three;\nSELECT 2 -- first; then\n + 3; -- end; of it',
    ['-- one; two\nSELECT 1 /* a; b */;', '# three;\nSELECT 2 -- first; then\n + 3;', '-- end; of it'],
  ],
  [
    'a comment that is run',
    'SELECT 1;/*!50000 SELECT 2; */ SELECT 3;',
    ['SELECT 1;', '/*!50000 SELECT 2; */ SELECT 3;'],
  ],
  [
    'tables that are not there',
    'ALTER TABLE Gone ADD INDEX k (a); SELECT * FROM Gone;',
    ['ALTER TABLE Gone ADD INDEX k (a);', 'SELECT * FROM Gone;'],
  ],
  ['nothing but a comment', '-- nothing; at all\n', ['-- nothing; at all']],
  ['nothing', ' \n', []],
  ['what no parser reads', 'SELECT 1; ALTER TABEL x; SELECT 2;', ['SELECT 1;', 'ALTER TABEL x; SELECT 2;']],
])('splits %s', async (_, script, statements) => {
  expect(await splitScript(schema.write, script)).toEqual(statements)
})
