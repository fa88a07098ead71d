import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { unguarded } from '../../../drills/support/test-server.ts'
import { openShop, type Shop } from '../../../drills/support/test-shop.ts'
import { createRandom } from '../../migrate/data/random.ts'
import { runOnce } from './measure.ts'
import { comparePairs, timePairs } from './pairs.ts'
import { changeOf, reductionOf } from './verdict.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
afterAll(() => shop[Symbol.asyncDispose]())

const random = createRandom(1, 'pairs')
const tolerance = { percent: 0, ms: 0 }
const run = (sql: string) => () => runOnce(unguarded(shop.write), { sql, values: [] })
const pairsOf = (as: string, without: string, count: number) =>
  timePairs({ withIndexes: run(as), withoutIndexes: run(without) }, count, random)

describe('pairs on the server', () => {
  test('of one and the same query claim a gain, or a loss, no more often than noise may', async () => {
    const query = 'SELECT * FROM `Order` WHERE user_id = 7'
    const repeats = 200
    const changes = []
    for (let n = 0; n < repeats; n++)
      changes.push(changeOf(comparePairs(await pairsOf(query, query, 10)), tolerance))
    // Each side may come up in 2.5 of 100; more than 14 of 200 come in fewer than one of a thousand runs.
    expect(changes.filter((change) => change === 'faster').length).toBeLessThanOrEqual(14)
    expect(changes.filter((change) => change === 'slower').length).toBeLessThanOrEqual(14)
  })

  test('of a query that is slower by a known time find that out, whichever side it is on', async () => {
    const [short, long] = ['SELECT SLEEP(0.02)', 'SELECT SLEEP(0.06)']
    const faster = comparePairs(await pairsOf(short, long, 16))
    expect(changeOf(faster, tolerance)).toBe('faster')
    expect(reductionOf(faster).percent).toBeGreaterThan(25)
    const slower = comparePairs(await pairsOf(long, short, 16))
    expect(changeOf(slower, tolerance)).toBe('slower')
    expect(slower.difference.estimate).toBeGreaterThan(5)
  })

  test('draw which side comes first, and keep the sides apart', async () => {
    const order: string[] = []
    const side = (name: string, ms: number) => async () => {
      order.push(name)
      return ms
    }
    const pairs = await timePairs(
      { withIndexes: side('as', 1), withoutIndexes: side('without', 2) },
      100,
      random,
    )
    expect(pairs).toEqual(Array.from({ length: 100 }, () => [1, 2]))
    const first = order.filter((name, at) => at % 2 === 0 && name === 'as').length
    expect(first).toBeGreaterThan(25)
    expect(first).toBeLessThan(75)
  })
})
