import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestSchema, type TestSchema } from '../../../drills/support/test-shapes.ts'
import { openRawWriteSession, openReadSession, type WriteSession } from './session.ts'
import { longTransactions, type OpenTransaction } from './transactions.ts'

const script = `
CREATE TABLE \`Order\` (id INT PRIMARY KEY, a INT);
INSERT INTO \`Order\` VALUES (1, 1);
CREATE TABLE Item (id INT PRIMARY KEY, a INT);
CREATE TABLE Quiet (id INT PRIMARY KEY);
CREATE TABLE Parts (day INT) PARTITION BY RANGE (day) (PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES LESS THAN MAXVALUE)
`
const all = ['Order', 'Item', 'Quiet', 'Parts']

const held: readonly (readonly [how: string, statements: readonly string[], tables: string | undefined])[] = [
  ['writes', ['BEGIN', 'INSERT INTO Item VALUES (1, 1)'], 'Item'],
  ['writes one row by its key', ['BEGIN', 'UPDATE `Order` SET a = 2 WHERE id = 1'], 'Order'],
  ['only reads', ['BEGIN', 'SELECT * FROM `Order`'], 'Order'],
  ['is optimistic', ['BEGIN OPTIMISTIC', 'INSERT INTO Item VALUES (2, 1)'], 'Item'],
  ['uses two tables', ['BEGIN', 'SELECT * FROM Item', 'SELECT * FROM `Order`'], 'Item, Order'],
  ['writes to a partition', ['BEGIN', 'INSERT INTO Parts VALUES (50)'], 'Parts'],
  ['came of autocommit = 0', ['SET autocommit = 0', 'INSERT INTO Item VALUES (3, 1)'], 'Item'],
  ['has used no table', ['BEGIN'], undefined],
]

let schema: TestSchema
let young: OpenTransaction[]
let old: OpenTransaction[]
const sessions = new Map<string, WriteSession>()
const resources = new AsyncDisposableStack()

beforeAll(async () => {
  schema = resources.use(await openTestSchema('transactions', script))
  for (const [how, statements] of held) {
    const session = resources.use(await openRawWriteSession(schema.address))
    sessions.set(how, session)
    for (const sql of statements) await session.run(sql)
  }
  young = await longTransactions(schema.read, all, 60)
  await sleep(1_100)
  old = await longTransactions(schema.read, all, 0)
})
afterAll(() => resources.disposeAsync())

const idOf = (how: string) => `${sessions.get(how)?.connectionId}`

describe('a transaction that another session holds open', () => {
  test.each(held)('and that %s', (how, _, tables) => {
    const found = old.filter(({ session }) => session === idOf(how))
    expect(
      found.map((item) => ({ ...item, tables: item.tables?.split(', ').toSorted().join(', ') })),
    ).toEqual(
      tables === undefined
        ? []
        : [
            {
              id: expect.stringMatching(/^\d+$/),
              session: idOf(how),
              user: 'root',
              host: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
              since: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$/),
              seconds: expect.toSatisfy((seconds: number) => seconds >= 1 && seconds < 60),
              state: 'Idle',
              digest: expect.stringMatching(/begin|item/i),
              tables,
            },
          ],
    )
  })

  test('does not count while it is young', () => {
    expect(young).toEqual([])
  })

  test('does not count on other tables', async () => {
    expect(await longTransactions(schema.read, ['Quiet'], 0)).toEqual([])
    expect(await longTransactions(schema.read, [], 0)).toEqual([])
    const onParts = await longTransactions(schema.read, ['Quiet', 'Parts'], 0)
    expect(onParts.map(({ session }) => session)).toEqual([idOf('writes to a partition')])
  })

  test.each(['-11:00', '+00:00', '+14:00'])('is as old in the time zone %s', async (zone) => {
    await using reader = await openReadSession(schema.address)
    await reader.setSession('time_zone', zone)
    const found = await longTransactions(reader, ['Parts'], 0)
    expect(found.map(({ seconds }) => seconds)).toEqual([
      expect.toSatisfy((seconds: number) => seconds >= 1 && seconds < 60),
    ])
  })

  test('is found by names in another case', async () => {
    const database = schema.address.database?.toUpperCase() ?? ''
    await using reader = await openReadSession({ ...schema.address, database })
    const found = await longTransactions(reader, ['PARTS'], 0)
    expect(found.map(({ tables }) => tables)).toEqual(['Parts'])
  })
})

test("the session's own transaction does not count", async () => {
  const own = sessions.get('writes')
  const found = own === undefined ? [] : await longTransactions(own, ['Item'], 0)
  expect(found.map(({ session }) => session).toSorted()).toEqual(
    ['is optimistic', 'uses two tables', 'came of autocommit = 0'].map(idOf).toSorted(),
  )
})

test('an account without PROCESS is refused, for it would see its own only', async () => {
  const user = `trx_${schema.address.database}`
  await schema.write.run(`CREATE USER '${user}' IDENTIFIED BY 'p'`)
  await schema.write.run(`GRANT SELECT ON ${schema.address.database}.* TO '${user}'`)
  await using reader = await openReadSession({ ...schema.address, user, password: 'p' })
  await expect(longTransactions(reader, all, 0)).rejects.toMatchObject({ errno: 1227 })
  await schema.write.run(`DROP USER '${user}'`)
})
