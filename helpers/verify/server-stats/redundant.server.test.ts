import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestSchema, type TestSchema } from '../../../drills/support/test-shapes.ts'
import { type Index, qualifiedName, type Snapshot } from '../../core/schema/model.ts'
import { readSnapshot } from '../../core/schema/read-snapshot.ts'
import { assertNoneInVain, describeMadeRedundant, findRedundant } from './redundant.ts'

const script = `
CREATE TABLE T (
  id INT PRIMARY KEY, a INT, b INT, c VARCHAR(50), d VARCHAR(50), e INT,
  KEY k_a (a), KEY k_ab (A, b), KEY k_b (b),
  KEY k_c10 (c(10)), KEY k_c20 (c(20), a), KEY k_c10b (c(10), b),
  KEY same_1 (d, e), KEY same_2 (d, e),
  UNIQUE KEY u_e (e), KEY k_ea (e, a), KEY k_e (e),
  KEY k_low ((LOWER(d))), KEY k_low_a ((LOWER(d)), a), KEY k_up ((UPPER(d)), a),
  KEY k_ba (b, a) INVISIBLE
);
CREATE TABLE U (a INT, KEY k_a (a), KEY k_b (a))
`
let schema: TestSchema
let snapshot: Snapshot
beforeAll(async () => {
  schema = await openTestSchema('redundant', script)
  snapshot = await readSnapshot(schema.read)
})
afterAll(() => schema[Symbol.asyncDispose]())

const indexes = (...names: string[]): Index[] =>
  snapshot.tables.flatMap((table) => table.indexes.filter((index) => names.includes(qualifiedName(index))))

describe('redundant', () => {
  test('is what is a left prefix of another: same columns, same lengths, not unique, and not by an invisible one', () => {
    const found = findRedundant(snapshot).map(({ index, coveredBy }) => [
      qualifiedName(index),
      coveredBy.name,
    ])
    expect(found).toEqual([
      ['T.k_a', 'k_ab'],
      ['T.k_c10', 'k_c10b'],
      ['T.k_e', 'k_ea'],
      ['T.k_low', 'k_low_a'],
      ['T.same_2', 'same_1'],
      ['U.k_b', 'k_a'],
    ])
  })

  test('by the new indexes is what was there before, with the statement that drops it', () => {
    const found = findRedundant(snapshot)
    expect(describeMadeRedundant(found, indexes('T.k_ab', 'T.k_b'))).toEqual([
      { index: 'T.k_a', coveredBy: 'T.k_ab', toDropIt: 'ALTER TABLE `T` DROP INDEX `k_a`' },
    ])
    expect(() => assertNoneInVain(found, indexes('T.k_ab', 'T.k_b'))).not.toThrow()
  })

  test('among the new indexes themselves is red', () => {
    const found = findRedundant(snapshot)
    expect(() => assertNoneInVain(found, indexes('T.k_a', 'T.k_ab'))).toThrow(
      /INDEX_IN_VAIN: T\.k_a is new, and T\.k_ab covers it[\s\S]*next: [\s\S]*ALTER TABLE `T` DROP INDEX `k_a`/,
    )
  })
})
