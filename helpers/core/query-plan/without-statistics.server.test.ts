import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestSchema, type TestSchema } from '../../../drills/support/test-shapes.ts'
import { analyzeLoaded } from '../../migrate/data/analyze.ts'
import { explain } from './explain.ts'
import { usesIndex } from './facts.ts'
import { statisticsGaps } from './statistics.ts'
import { renderPlan } from './tree.ts'

const script = `
CREATE TABLE Doc (
  id VARCHAR(20) PRIMARY KEY, body JSON NOT NULL, a INT NOT NULL, kind VARCHAR(20) AS (body->>'$.kind') VIRTUAL,
  b INT AS (a + 1) VIRTUAL, s INT AS (a + 2) STORED, KEY by_kind (kind), KEY by_b (b), KEY by_s (s),
  KEY by_lower ((LOWER(id)), kind), KEY by_many ((CAST(body->'$.many' AS UNSIGNED ARRAY)))
);
SET SESSION cte_max_recursion_depth = 2000;
INSERT INTO Doc (id, body, a)
  WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 1500)
  SELECT CONCAT('D', n), JSON_OBJECT('kind', CONCAT('k', n), 'many', JSON_ARRAY(n, n + 1)), n FROM n;
`
let schema: TestSchema
beforeAll(async () => {
  schema = await openTestSchema('without_statistics', script)
  await analyzeLoaded(schema.write, ['Doc'])
})
afterAll(() => schema[Symbol.asyncDispose]())

test.each([
  ['by_kind', "kind = 'k7'", true],
  ['by_b', 'b = 7', true],
  ['by_many', "7 MEMBER OF (body->'$.many')", true],
  ['by_lower', "LOWER(id) = 'd7' AND kind = 'k7'", undefined],
  ['by_s', 's = 7', false],
])('%s serves its query, with all the statistics that there can be', async (index, where, isSaid) => {
  const started = performance.now()
  const plan = await explain(schema.read, `SELECT id FROM Doc WHERE ${where}`)
  expect(usesIndex(plan, index, 'Doc')).toBe(true)
  expect(statisticsGaps(plan)).toEqual([])
  // What never comes is not waited for.
  expect(performance.now() - started).toBeLessThan(3_000)
  if (isSaid !== undefined) expect(renderPlan(plan).includes('keeps no statistics')).toBe(isSaid)
})

test('a table that was never analyzed has a gap all the same', async () => {
  await schema.write.run(
    'CREATE TABLE Fresh (id INT PRIMARY KEY, a INT, b INT AS (a + 1) VIRTUAL, KEY by_b (b))',
  )
  await schema.write.run('INSERT INTO Fresh (id, a) VALUES (1, 1)')
  const plan = await explain(schema.read, 'SELECT id FROM Fresh WHERE b = 2')
  expect(statisticsGaps(plan)).toContainEqual(expect.objectContaining({ kind: 'pseudo' }))
})
