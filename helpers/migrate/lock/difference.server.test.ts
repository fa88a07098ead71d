import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { lockOf } from '../../../drills/support/test-migration.ts'
import { withDatabase } from '../../../drills/support/test-server.ts'
import { qualifiedName } from '../../core/schema/model.ts'
import { readSnapshot } from '../../core/schema/read-snapshot.ts'
import type { WriteSession } from '../../core/server/session.ts'
import { openWriteSession } from '../../core/server/write-session.ts'
import { assertNothingDifferent, type Difference, differenceOf } from './difference.ts'
import type { Lock } from './lock.ts'

const columns = 'id INT PRIMARY KEY, a INT, b VARCHAR(20), note TEXT'
const additions: Readonly<Record<string, string>> = {
  'Order.k_ab': "INDEX k_ab (a, b) COMMENT 'why'",
  'Order.k_note': 'INDEX k_note (note(10))',
  'Order.k_lower': 'INDEX k_lower ((LOWER(b)))',
  'Order.ck_a': "CONSTRAINT ck_a CHECK ((a > 0 OR b = 'A'))",
  'Order.twin': 'CONSTRAINT twin CHECK ((a < 9))',
  'Item.twin': 'CONSTRAINT twin CHECK ((a < 7))',
}
const create = (parts: Readonly<Record<string, string>>) =>
  ['Order', 'Item'].map((table) => {
    const own = Object.entries(parts).filter(([name]) => name.startsWith(`${table}.`))
    return `CREATE TABLE \`${table}\` (${[columns, ...own.map(([, part]) => part)].join(', ')})`
  })
const alter = ([name, part]: [string, string]) => `ALTER TABLE \`${name.replace(/\..*/, '')}\` ADD ${part}`

let lock: Lock
let session: WriteSession
const resources = new AsyncDisposableStack()
beforeAll(async () => {
  lock = await lockOf(create({}).join(';\n'), Object.entries(additions).map(alter).join(';\n'))
  const database = resources.use(await withDatabase('difference'))
  session = resources.use(await openWriteSession(database.server))
})
afterAll(() => resources.disposeAsync())

const differenceTo = async (statements: readonly string[]): Promise<Difference> => {
  await session.run('DROP TABLE IF EXISTS `Order`, Item')
  for (const sql of statements) await session.run(sql)
  return differenceOf(lock.adds, await readSnapshot(session))
}

/** The difference to a schema that has all additions but the one named, and `instead` on the table `on`. */
const differenceWith = (left: string, instead: string, on = 'Order'): Promise<Difference> => {
  const { [left]: _, ...rest } = additions
  return differenceTo(create(instead === '' ? rest : { ...rest, [`${on}.instead`]: instead }))
}

const names = ({ indexes, constraints }: Difference) => ({
  present: indexes.present.length + constraints.present.length,
  missing: [...indexes.missing, ...constraints.missing].map(qualifiedName),
  different: [...indexes.different, ...constraints.different].map(({ wanted }) => qualifiedName(wanted)),
})

describe('differenceOf finds', () => {
  test.each([
    ['an index', 'Order.k_ab', ''],
    ['a constraint', 'Order.ck_a', ''],
    ['a constraint with a twin', 'Item.twin', ''],
    ['an index that stands on another table', 'Order.k_ab', 'INDEX k_ab (a, b)', 'Item'],
  ])('missing: %s', async (_, name, instead, on = 'Order') => {
    const difference = await differenceWith(name, instead, on)
    expect(names(difference)).toEqual({ present: 5, missing: [name], different: [] })
    expect(() => assertNothingDifferent(difference)).not.toThrow()
  })

  test.each([
    ['swapped columns', 'Order.k_ab', 'INDEX k_ab (b, a)'],
    ['one column more', 'Order.k_ab', 'INDEX k_ab (a, b, id)'],
    ['a prefix where there was none', 'Order.k_ab', 'INDEX k_ab (a, b(3))'],
    ['another prefix', 'Order.k_note', 'INDEX k_note (note(11))'],
    ['invisible', 'Order.k_ab', 'INDEX k_ab (a, b) INVISIBLE'],
    ['unique', 'Order.k_ab', 'UNIQUE INDEX k_ab (a, b)'],
    ['another expression', 'Order.k_lower', 'INDEX k_lower ((UPPER(b)))'],
    ['a column for an expression', 'Order.k_lower', 'INDEX k_lower (b)'],
    ['another clause', 'Order.ck_a', "CONSTRAINT ck_a CHECK ((a >= 0 OR b = 'A'))"],
    ['another case in a string', 'Order.ck_a', "CONSTRAINT ck_a CHECK ((a > 0 OR b = 'a'))"],
    ['NOT ENFORCED', 'Order.ck_a', "CONSTRAINT ck_a CHECK ((a > 0 OR b = 'A')) NOT ENFORCED"],
    ['on another table', 'Order.ck_a', "CONSTRAINT CK_A CHECK ((a > 0 OR b = 'A'))", 'Item'],
    ['a twin that changed', 'Item.twin', 'CONSTRAINT twin CHECK ((a < 8))', 'Item'],
  ])('different: %s', async (_, name, instead, on = 'Order') => {
    const difference = await differenceWith(name, instead, on)
    expect(names(difference)).toEqual({ present: 5, missing: [], different: [name] })
    expect(() => assertNothingDifferent(difference)).toThrow(/SCHEMA_DIFFERENT: 1 of/)
  })

  test.each([
    ['another comment', 'Order.k_ab', "INDEX k_ab (a, b) COMMENT 'other'"],
    ['names in another case', 'Order.k_ab', 'INDEX K_AB (A, B)'],
    ['a column in another case in an expression', 'Order.k_lower', 'INDEX k_lower ((LOWER(B)))'],
    ['a constraint written in another case', 'Order.ck_a', "CONSTRAINT CK_A check (A > 0 or `B` = 'A')"],
    ['more parentheses', 'Order.ck_a', "CONSTRAINT ck_a CHECK ((((a > 0 OR b = 'A'))))"],
  ])('present: %s', async (_, name, instead) => {
    expect(names(await differenceWith(name, instead))).toEqual({ present: 6, missing: [], different: [] })
  })

  test('present: all, where tables and columns were made in another case', async () => {
    const upper = create(additions).map((sql) => sql.replace(/`\w+`/, (name) => name.toUpperCase()))
    const difference = await differenceTo(upper.map((sql) => sql.replace(columns, columns.toUpperCase())))
    expect(names(difference)).toEqual({ present: 6, missing: [], different: [] })
  })
})

test.each([
  ['a partial index of a later release', ' WHERE `b` is null'],
  ['a global index', ' /*T![global_index] GLOBAL */'],
  ['what no release has yet', ' SORTED'],
])('different: %s, whose parts are the same', (_, text) => {
  const table = lock.baseline.tables.find(({ name }) => name === 'Order')
  if (table === undefined) throw new Error('no table')
  const indexes = lock.adds.indexes.map((index) =>
    index.name === 'k_ab' ? { ...index, definition: `${index.definition}${text}` } : index,
  )
  const snapshot = { tables: [{ ...table, indexes, constraints: lock.adds.constraints }], views: [] }
  expect(names(differenceOf(lock.adds, snapshot)).different).toEqual(['Order.k_ab'])
})

test('assertNothingDifferent shows both sides of each', async () => {
  const { 'Order.k_ab': _, 'Order.ck_a': __, ...rest } = additions
  const index = 'UNIQUE INDEX k_ab (b) INVISIBLE'
  const constraint = 'CONSTRAINT ck_a CHECK ((a > 1)) NOT ENFORCED'
  const difference = await differenceTo(create({ ...rest, 'Order.1': index, 'Order.2': constraint }))
  expect(() => assertNothingDifferent(difference)).toThrowErrorMatchingInlineSnapshot(`
    [HarnessError: SCHEMA_DIFFERENT: 2 of the lock's names are taken by something else:
        wanted  Order: KEY \`k_ab\` (\`a\`,\`b\`) COMMENT 'why'
        found   Order: UNIQUE KEY \`k_ab\` (\`b\`) /*!80000 INVISIBLE */
        wanted  Order.ck_a CHECK (\`a\` > 0 or \`b\` = _utf8mb4'A')
        found   Order.ck_a CHECK (\`a\` > 1) NOT ENFORCED
      why:  The harness never drops or changes what it did not add. Nothing was changed.
      next: Rename or drop what was found by hand, if nothing needs it, and run again.]
  `)
})
