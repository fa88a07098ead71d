import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { oddSchema, openTestSchema, type TestSchema, tableOf } from '../../../drills/support/test-shapes.ts'
import { openReadSession } from '../server/session.ts'
import { quoteName } from '../text/quote.ts'
import { describeChanges } from './changes.ts'
import { findTable, type Snapshot, type Table } from './model.ts'
import { readSnapshot } from './read-snapshot.ts'

let schema: TestSchema
let snapshot: Snapshot
beforeAll(async () => {
  schema = await openTestSchema('Snapshot', oddSchema)
  snapshot = await readSnapshot(schema.read)
})
afterAll(() => schema[Symbol.asyncDispose]())

const table = (name: string) => tableOf(snapshot, name)

describe('readSnapshot', () => {
  test('lists tables and views in the order of their names, and no sequence', () => {
    expect(snapshot.tables.map(({ name }) => name)).toEqual([
      'Child',
      'Composite',
      'Enums',
      'Order',
      'Parts',
      'Random',
      'Scratch',
      'weird`name',
    ])
    expect(snapshot.views.map(({ name }) => name)).toEqual(['v_base', 'v_over'])
  })

  test('cuts each table into as many parts as it has columns, keys and constraints', () => {
    const counted = snapshot.tables.map(({ name, columns, primaryKey, foreignKeys, rest }) => ({
      name,
      parts: rest.length,
      wanted: columns.length + Math.min(primaryKey.length, 1) + foreignKeys.length + 1,
    }))
    expect(counted.filter(({ parts, wanted }) => parts !== wanted)).toEqual([])
  })

  test.each([
    ['Order', 'k_prefix', { unique: false, visible: true, parts: [{ column: 'a', length: 5 }] }],
    ['Order', 'k_prefix', { comment: "ix, ' ) \\ ?\n :z" }],
    ['Order', 'k_lower', { parts: [{ expression: 'lower(`a`)' }, { column: 'id' }] }],
    ['Order', 'k_text', { parts: [{ expression: "lower(_utf8mb4'it''s (\\\\')" }] }],
    [
      'Order',
      'k_hidden',
      { unique: true, visible: false, parts: [{ column: 'b`t' }, { column: 'c,(d\' "' }] },
    ],
    [
      'Order',
      'k_many',
      { parts: [{ expression: "cast(json_extract(`j`, _utf8mb4'$.x') as signed array)" }] },
    ],
    ['Order', 'select', { definition: 'KEY `select` (`select`)' }],
    ['weird`name', 'ix`1', { definition: 'KEY `ix``1` (`a``b`)', parts: [{ column: 'a`b' }] }],
    ['Child', 'fk_1', { parts: [{ column: 'b' }, { column: 'a' }] }],
  ])('reads the index %s.%s with %j', (name, index, facts) => {
    expect(table(name).indexes).toContainEqual(
      expect.objectContaining({ name: index, table: name, ...facts }),
    )
  })

  test.each([
    ['Order', 'order_chk_1', '`select` > 0', true],
    ['Order', 'ck`1', "`b``t` > 0 or `a` != _utf8mb4'x''y\\\\,)'", true],
    ['Order', 'ck_off', "`a` like _utf8mb4'%\\\\_(' or `q` = _utf8mb4'\\\\'", false],
    ['weird`name', 'ck', '`a``b` != 1', true],
    ['Composite', 'ck', '`C` > 0', true],
    ['Random', 'random_chk_1', '`a` != 1', false],
  ])('reads the constraint %s.%s', (name, constraint, clause, enforced) => {
    expect(table(name).constraints).toContainEqual({ table: name, name: constraint, clause, enforced })
  })

  test('reads columns, keys and foreign keys', () => {
    expect(snapshot.tables.map(({ name, primaryKey }) => `${name}: ${primaryKey}`)).toEqual([
      'Child: id',
      'Composite: B,a',
      'Enums: ',
      'Order: id',
      'Parts: ',
      'Random: id',
      'Scratch: id',
      'weird`name: ',
    ])
    const { columns } = table('Order')
    const names = (kind: 'generated' | 'autoIncrement') =>
      columns.filter((c) => c[kind]).map(({ name }) => name)
    expect([names('generated'), names('autoIncrement')]).toEqual([['g', 'gs'], ['id']])
    expect(columns.find(({ name }) => name === 'a')).toMatchObject({ type: 'varchar(40)', nullable: true })
    expect(table('Child').foreignKeys).toEqual([
      {
        table: 'Child',
        name: 'fk_1',
        columns: ['b', 'a'],
        referencedTable: 'Composite',
        referencedColumns: ['b', 'a'],
      },
    ])
  })

  test('reads a view with its columns and security', () => {
    const [base, over] = snapshot.views
    expect(base?.definition).toMatch(/^SELECT .*!=/)
    expect(base?.header).toMatch(/^ \(p, q\), definer root@%, security DEFINER/)
    expect(over?.header).toMatch(/^ \(p\), definer root@%, security INVOKER/)
  })

  test('finds a table by any case', () => {
    expect(findTable(snapshot, 'WEIRD`NAME')?.name).toBe('weird`name')
    expect(findTable(snapshot, 'weird')).toBeUndefined()
  })

  test('reads the same schema when the connection calls the database by another case', async () => {
    const database = schema.address.database?.toUpperCase() ?? ''
    await using other = await openReadSession({ ...schema.address, database })
    expect(await readSnapshot(other)).toEqual(snapshot)
  })

  test('throws without a database rather than read an empty schema', async () => {
    const { database: _, ...address } = schema.address
    await using session = await openReadSession(address)
    await expect(readSnapshot(session)).rejects.toThrow(/NO_DATABASE/)
  })

  // Not for Enums: the server prints their backslashes in a way that it does not read back.
  test('gives texts from which the server makes the very same schema', async () => {
    await using copy = await openTestSchema('Copy', oddSchema)
    const before = await readSnapshot(copy.read)
    await copy.write.run('SET foreign_key_checks = OFF')
    for (const item of before.tables.filter(({ name }) => name !== 'Enums')) {
      await copy.write.run(`DROP TABLE ${quoteName(item.name)}`)
      await copy.write.run(rebuilt(item))
    }
    expect(describeChanges(before, await readSnapshot(copy.read))).toEqual([])
  })
})

const rebuilt = ({ name, rest, indexes, constraints }: Table): string => {
  const checks = constraints.map(
    (item) =>
      `CONSTRAINT ${quoteName(item.name)} CHECK ((${item.clause}))${item.enforced ? '' : ' NOT ENFORCED'}`,
  )
  const entries = [...rest.slice(0, -1), ...indexes.map(({ definition }) => definition), ...checks]
  const temporary = name === 'Scratch' ? 'GLOBAL TEMPORARY ' : ''
  return `CREATE ${temporary}TABLE ${quoteName(name)} (${entries.join(',\n')}\n) ${rest.at(-1)}`
}
