import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestSchema, type TestSchema } from '../../../drills/support/test-shapes.ts'
import { reasonNotJudgeable } from './judgeable.ts'

let schema: TestSchema
beforeAll(async () => {
  schema = await openTestSchema(
    'judgeable',
    `CREATE TABLE Empty (id INT PRIMARY KEY);
CREATE TABLE Few (id INT PRIMARY KEY);
INSERT INTO Few VALUES (1), (2), (3);
CREATE TABLE Unknown (id INT PRIMARY KEY);
INSERT INTO Unknown SELECT id + 10 FROM Few;
CREATE TABLE Healthy (id INT PRIMARY KEY);
INSERT INTO Healthy SELECT id FROM Few;
ANALYZE TABLE Healthy`,
  )
})
afterAll(() => schema[Symbol.asyncDispose]())

test.each([
  ['Empty', 4, 'Empty has 0 rows, fewer than JUDGE_ROWS=4'],
  ['few', 4, 'few has 3 rows, fewer than JUDGE_ROWS=4'],
  ['Unknown', 3, /^Unknown has no statistics$/],
])('%s is not judged from %i rows on', async (table, rows, reason) => {
  expect(await reasonNotJudgeable(schema.read, table, { rows, health: 80 })).toMatch(reason)
})

test('enough rows with healthy statistics are judged', async () => {
  expect(await reasonNotJudgeable(schema.read, 'healthy', { rows: 3, health: 80 })).toBeUndefined()
})
