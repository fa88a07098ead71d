import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestSchema, type TestSchema } from '../../../drills/support/test-shapes.ts'
import { explain } from './explain.ts'
import { accesses, usesIndex } from './facts.ts'

const long = 'l'.repeat(64)
const script = `
CREATE TABLE \`odd (t), index:x(y)\` (
  id INT PRIMARY KEY, \`a b\` INT, \`c(d)\` INT, \`e,f\` INT, \`g.h\` VARCHAR(9), KEY \`by (a b)\` (\`a b\`), KEY \`b)(\` (\`c(d)\`, \`a b\`),
  KEY \`a.b, c\` (\`e,f\`), KEY \`索引\` ((LOWER(\`g.h\`)), \`a b\`), KEY \`${long}\` (\`g.h\`), UNIQUE KEY \`u (q)\` (\`a b\`, \`e,f\`)
);
CREATE TABLE \`plain (t)\` (id INT PRIMARY KEY, \`a b\` INT, \`e,f\` INT, UNIQUE KEY \`u (q)\` (\`a b\`, \`e,f\`));
CREATE TABLE Parts (id INT, a INT, KEY \`k, partition:p0\` (a)) PARTITION BY HASH (id) PARTITIONS 2;
`
let schema: TestSchema
beforeAll(async () => {
  schema = await openTestSchema('plan_names', script)
})
afterAll(() => schema[Symbol.asyncDispose]())

const odd = 'odd (t), index:x(y)'
test.each([
  ['by (a b)', '`a b` = 1', ['a b']],
  ['b)(', '`c(d)` = 1', ['c(d)', 'a b']],
  ['索引', "LOWER(`g.h`) = 'x'", ['lower(`g.h`)', 'a b']],
  [long, "`g.h` = 'x'", ['g.h']],
  ['a.b, c', '`e,f` = 1', ['e,f']],
])('an index called %s is known again, by its table and by an alias', async (name, where, columns) => {
  for (const alias of [odd, 'o, index:x(y)', 'o, partition:p0', 'plain']) {
    const sql = `SELECT * FROM \`${odd}\` AS \`${alias}\` FORCE INDEX (\`${name}\`) WHERE ${where}`
    const plan = await explain(schema.read, sql)
    expect(usesIndex(plan, name, odd), sql).toBe(true)
    const [scan] = accesses(plan)
    expect(scan?.accessObject).toMatchObject({ alias, table: odd, index: { name } })
    if (columns.every((column) => !column.includes(',')))
      expect(scan?.accessObject.index?.columns).toEqual(columns)
  }
})

test('a point by a unique index, and an index of a partitioned table', async () => {
  const point = await explain(schema.read, 'SELECT * FROM `plain (t)` WHERE `a b` = 1 AND `e,f` = 2')
  expect(usesIndex(point, 'u (q)', 'plain (t)')).toBe(true)
  const parts = await explain(schema.read, 'SELECT * FROM Parts USE INDEX (`k, partition:p0`) WHERE a = 1')
  expect(usesIndex(parts, 'k, partition:p0', 'Parts')).toBe(true)
})
