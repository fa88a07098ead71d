import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { lockOf } from '../../../drills/support/test-migration.ts'
import { openTestSchema, type TestSchema } from '../../../drills/support/test-shapes.ts'
import { readSnapshot } from '../../core/schema/read-snapshot.ts'
import { quoteName } from '../../core/text/quote.ts'
import type { Lock } from './lock.ts'
import { namedDifferences } from './named-columns.ts'

const columns: Readonly<Record<string, string>> = {
  id: 'INT NOT NULL',
  code: 'VARCHAR(20) COLLATE utf8mb4_bin',
  label: 'VARCHAR(20)',
  price: 'DECIMAL(5,2)',
  status: "ENUM('new', 'paid')",
  kind: "ENUM('a', 'b')",
  doubled: 'INT AS (price * 2) VIRTUAL',
  note: 'TEXT',
  plain: 'INT',
}
const added = [
  'INDEX k_code (CODE, kind)',
  'INDEX k_label ((LOWER(label)))',
  'UNIQUE INDEX k_id (id, note(10))',
  "CONSTRAINT ck_price CHECK ((price > 0 OR status = 'new'))",
  'CONSTRAINT ck_doubled CHECK ((doubled > 0))',
  'CONSTRAINT ck_id CHECK ((id > 0))',
]
const create = (changed: Readonly<Record<string, string>> = {}, more: readonly string[] = []): string => {
  const all = { ...columns, ...changed }
  const parts = Object.entries(all).flatMap(([name, type]) =>
    type === '' ? [] : [`${quoteName(name)} ${type}`],
  )
  return `CREATE TABLE \`Order\` (${[...parts, ...more].join(', ')})`
}

let lock: Lock
let schema: TestSchema
beforeAll(async () => {
  const alter = added.map((part) => `ALTER TABLE \`Order\` ADD ${part}`)
  lock = await lockOf(`${create()};\nCREATE TABLE Untouched (a INT)`, alter.join(';\n'))
  schema = await openTestSchema('named_columns', create())
})
afterAll(() => schema[Symbol.asyncDispose]())

const differencesTo = async (...statements: string[]) => {
  await schema.write.run('DROP TABLE IF EXISTS `order`')
  for (const sql of statements) await schema.write.run(sql)
  const found = namedDifferences(lock.adds, lock.baseline, await readSnapshot(schema.read))
  return found.map(({ table, what }) => `${table}: ${what}`)
}

describe('a migration is not stopped by', () => {
  test.each<[string, ...string[]]>([
    ['the same schema without what it does not touch', create()],
    ['the name of a table by another case', create().replace('`Order`', '`order`')],
    [
      'columns more, another order, columns that nothing names',
      create({ plain: 'BIGINT NOT NULL' }, ['x INT']),
    ],
    ['a column less that nothing names', create({ plain: '' })],
    ['members more of an ENUM that an index names', create({ kind: "ENUM('z', 'b', 'y')" })],
    ['members more of an ENUM that a CHECK names', create({ status: "ENUM('new', 'held', 'paid', 'gone')" })],
    ['another width of an integer', create({ id: 'INT(4) NOT NULL' })],
    ['comments, and another default', create({ price: "DECIMAL(5,2) DEFAULT 3 COMMENT 'why'" })],
    ['indexes and constraints more', create({}, ['KEY own (plain)', 'CHECK ((plain > 0))'])],
    ['another key', create({}, ['PRIMARY KEY (id)'])],
  ])('%s', async (_, ...statements) => {
    expect(await differencesTo(...statements)).toEqual([])
  })
})

const bin = 'COLLATE utf8mb4_bin'
describe('a migration is stopped by', () => {
  test.each<[string, string, string[]]>([
    [
      'no table',
      'CREATE TABLE T (a INT)',
      ['is missing (k_code, k_id, k_label, ck_doubled, ck_id, ck_price)'],
    ],
    ['a column less', create({ code: '' }), [`lacks code varchar(20) ${bin} (k_code)`]],
    [
      'another length, scale or family',
      create({ label: 'VARCHAR(30)', price: 'DECIMAL(5,3)', id: 'BIGINT NOT NULL' }),
      [
        'wanted id int(11) NOT NULL, found id bigint(20) NOT NULL (k_id, ck_id)',
        `wanted label varchar(20) ${bin}, found label varchar(30) ${bin} (k_label)`,
        'wanted price decimal(5,2), found price decimal(5,3) (ck_price)',
      ],
    ],
    [
      'another collation',
      create({ code: 'VARCHAR(20) COLLATE utf8mb4_general_ci' }),
      [`wanted code varchar(20) ${bin}, found code varchar(20) COLLATE utf8mb4_general_ci (k_code)`],
    ],
    [
      'another nullability',
      create({ price: 'DECIMAL(5,2) NOT NULL' }),
      ['wanted price decimal(5,2), found price decimal(5,2) NOT NULL (ck_price)'],
    ],
    [
      'no sign',
      create({ id: 'INT UNSIGNED NOT NULL' }),
      ['wanted id int(11) NOT NULL, found id int(10) unsigned NOT NULL (k_id, ck_id)'],
    ],
    [
      'a column that is not generated',
      create({ doubled: 'INT' }),
      ['wanted doubled int(11) GENERATED, found doubled int(11) (ck_doubled)'],
    ],
    [
      'an ENUM that lacks a member which a CHECK may name',
      create({ status: "ENUM('paid', 'gone')" }),
      [`wanted status enum('new','paid') ${bin}, found status enum('paid','gone') ${bin} (ck_price)`],
    ],
    [
      'a SET instead of an ENUM',
      create({ kind: "SET('a', 'b')" }),
      [`wanted kind enum('a','b') ${bin}, found kind set('a','b') ${bin} (k_code)`],
    ],
    [
      'a column that counts by itself, which no CHECK may name',
      create({ id: 'INT NOT NULL AUTO_INCREMENT' }, ['KEY (id)']),
      ['wanted id int(11) NOT NULL, found id int(11) NOT NULL AUTO_INCREMENT (ck_id)'],
    ],
    [
      'partitions, where a unique index must hold their columns',
      `${create()} PARTITION BY HASH (plain) PARTITIONS 2`,
      ['wanted no partitions, found PARTITION BY HASH (`plain`) PARTITIONS 2 (k_id)'],
    ],
  ])('%s', async (_, statement, lines) => {
    const onOrder = lines.map((line) => `Order: ${line}`)
    expect((await differencesTo(statement)).toSorted()).toEqual(onOrder.toSorted())
  })

  test('a cached table, which takes no ALTER', async () => {
    const cached = [create(), 'ALTER TABLE `Order` CACHE']
    const all = 'k_code, k_id, k_label, ck_doubled, ck_id, ck_price'
    expect(await differencesTo(...cached)).toEqual([
      `Order: is cached, and a cached table takes no ALTER: ALTER TABLE \`Order\` NOCACHE (${all})`,
    ])
    await expect(schema.write.run('ALTER TABLE `Order` ADD INDEX k (plain)')).rejects.toThrow(/cache table/)
    await schema.write.run('ALTER TABLE `Order` NOCACHE')
  })
})
