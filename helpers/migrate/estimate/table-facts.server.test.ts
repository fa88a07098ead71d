import { afterAll, beforeAll, expect, test } from 'vitest'
import { withDatabase } from '../../../drills/support/test-server.ts'
import type { Index } from '../../core/schema/model.ts'
import { openRawWriteSession, openReadSession, type ReadSession } from '../../core/server/session.ts'
import { analyzeLoaded } from '../data/analyze.ts'
import { measureReadRow } from './read-rate.ts'
import { readTableFacts } from './table-facts.ts'

let stack: AsyncDisposableStack
let session: ReadSession
beforeAll(async () => {
  stack = new AsyncDisposableStack()
  const { address } = stack.use(await withDatabase('Facts'))
  const admin = stack.use(await openRawWriteSession(address))
  await admin.script(`
    CREATE TABLE \`Order\` (id INT PRIMARY KEY, s VARCHAR(200), n INT NULL, \`a\`\`b\` VARCHAR(9), j JSON, KEY k (n));
    CREATE TABLE \`Empty\` (id INT PRIMARY KEY, s VARCHAR(200));
    CREATE TABLE digits (n INT PRIMARY KEY);
    INSERT INTO digits VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9);
    INSERT INTO \`Order\` SELECT a.n * 1000 + b.n * 100 + c.n * 10 + d.n, REPEAT('ủ', 20), NULL, NULL, '{}' FROM digits a, digits b, digits c, digits d;
    INSERT INTO \`Order\` SELECT id + 10000, s, n, \`a\`\`b\`, j FROM \`Order\`;
  `)
  await analyzeLoaded(admin, ['Order', 'Empty', 'digits'])
  session = stack.use(await openReadSession(address))
})
afterAll(() => stack.disposeAsync())

const index = (table: string, name: string, ...parts: Index['parts']): Index => ({
  table,
  name,
  unique: false,
  parts,
  visible: true,
  comment: '',
  definition: '',
})

test('rows by the statistics, columns, indexes with those to come, and how wide these are', async () => {
  const facts = await readTableFacts(
    session,
    ['ORDER', 'Empty', 'missing'],
    [
      index('Order', 'Text', { column: 's' }),
      index('Order', 'prefix', { column: 's', length: 5 }),
      index('order', 'several', { column: 'n' }, { column: 's', length: 10 }, { column: 'a`b' }),
      index('Order', 'json', { expression: "cast(json_extract(`j`, _utf8mb4'$.x') as signed array)" }),
      index('Empty', 'text', { column: 's' }),
    ],
  )
  expect(facts.get('order')).toEqual({
    rows: 20_000,
    columns: 5,
    indexes: 6,
    // A sign of this text takes three bytes; a number, a NULL and an expression are taken for nine.
    keyBytes: new Map([
      ['text', 60],
      ['prefix', 15],
      ['several', 9 + 30 + 9],
      ['json', 9],
    ]),
  })
  expect(facts.get('empty')).toEqual({ rows: 0, columns: 2, indexes: 2, keyBytes: new Map([['text', 9]]) })
  expect(facts.get('missing')).toMatchObject({ rows: 0 })
})

test('the time to read a row comes from the largest table', async () => {
  const facts = await readTableFacts(session, ['Empty', 'Order'], [])
  const readRowMs = await measureReadRow(session, facts)
  expect(readRowMs).toBeGreaterThan(0)
  expect(readRowMs).toBeLessThan(1)
})

test('few rows tell nothing of it, whatever the statistics say', async () => {
  const facts = await readTableFacts(session, ['digits'], [])
  expect(await measureReadRow(session, facts)).toBeUndefined()
  const lying = { rows: 1_000_000, columns: 1, indexes: 1, keyBytes: new Map() }
  expect(await measureReadRow(session, new Map([['digits', lying]]))).toBeUndefined()
  expect(await measureReadRow(session, new Map())).toBeUndefined()
})
