import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestSchema, type TestSchema } from '../../../drills/support/test-shapes.ts'
import { describeChanges } from './changes.ts'
import type { Constraint, Index, Snapshot } from './model.ts'
import { readSnapshot } from './read-snapshot.ts'

const shop = `
CREATE TABLE \`Order\` (
  id INT PRIMARY KEY AUTO_INCREMENT, a INT DEFAULT 1, b VARCHAR(20) COMMENT 'b', c INT,
  KEY k_a (a), CONSTRAINT ck_a CHECK (a > 0), CONSTRAINT ck_b CHECK (b <> '')
);
CREATE TABLE Item (id INT PRIMARY KEY, order_id INT, CONSTRAINT fk FOREIGN KEY (order_id) REFERENCES \`Order\` (id));
CREATE TABLE Parts (a INT) COMMENT 'parts' PARTITION BY RANGE (a) (PARTITION p0 VALUES LESS THAN (10));
CREATE TABLE Random (id BIGINT PRIMARY KEY AUTO_RANDOM, a INT);
CREATE VIEW v AS SELECT id, a FROM \`Order\`;
CREATE VIEW v_over AS SELECT id FROM v;
`

let schema: TestSchema
let before: Snapshot
beforeAll(async () => {
  schema = await openTestSchema('changes', shop)
  before = await readSnapshot(schema.read)
})
afterAll(() => schema[Symbol.asyncDispose]())

test('the check option of a view does nothing in TiDB, and a dump loses it: it is no change', async () => {
  await schema.write.run('CREATE VIEW v_option AS SELECT id FROM `Order` WITH LOCAL CHECK OPTION')
  const local = await readSnapshot(schema.read)
  await schema.write.run(
    'CREATE OR REPLACE VIEW v_option AS SELECT id FROM `Order` WITH CASCADED CHECK OPTION',
  )
  const cascaded = await readSnapshot(schema.read)
  await schema.write.run('DROP VIEW v_option')
  expect(describeChanges(local, cascaded)).toEqual([])
  const old = cascaded.views.map((view) => ({ ...view, header: `${view.header}, check option CASCADED` }))
  expect(describeChanges({ ...cascaded, views: old }, local)).toEqual([])
})

/** Makes a change, reads both ways, and takes the change back. */
const changesOf = async (put: string[], takeBack: string[]) => {
  for (const sql of put) await schema.write.run(sql)
  const after = await readSnapshot(schema.read)
  for (const sql of takeBack) await schema.write.run(sql)
  return { there: describeChanges(before, after), back: describeChanges(after, before), after }
}

const alter = (change: string, table = '`Order`') => `ALTER TABLE ${table} ${change}`
const keyOfOrder = 'Order: KEY `k_a` (`a`)'

test.each([
  [[alter('ADD COLUMN d INT')], [alter('DROP COLUMN d')], ['added to Order: `d` int(11) DEFAULT NULL']],
  [
    [alter('MODIFY COLUMN c BIGINT')],
    [alter('MODIFY COLUMN c INT')],
    ['added to Order: `c` bigint(20) DEFAULT NULL', 'dropped from Order: `c` int(11) DEFAULT NULL'],
  ],
  [
    [alter('ALTER COLUMN a SET DEFAULT 2')],
    [alter('ALTER COLUMN a SET DEFAULT 1')],
    ["added to Order: `a` int(11) DEFAULT '2'", "dropped from Order: `a` int(11) DEFAULT '1'"],
  ],
  [
    [alter("MODIFY COLUMN b VARCHAR(20) COMMENT 'other'")],
    [alter("MODIFY COLUMN b VARCHAR(20) COMMENT 'b'")],
    [
      "added to Order: `b` varchar(20) DEFAULT NULL COMMENT 'other'",
      "dropped from Order: `b` varchar(20) DEFAULT NULL COMMENT 'b'",
    ],
  ],
  [
    [alter('MODIFY COLUMN c INT AFTER a')],
    [alter('MODIFY COLUMN c INT AFTER b')],
    ['changed the order of the columns of Order: id, a, b, c to id, a, c, b'],
  ],
  [[alter('ADD INDEX k_c (c)')], [alter('DROP INDEX k_c')], ['added the index Order: KEY `k_c` (`c`)']],
  [[alter('DROP INDEX k_a')], [alter('ADD INDEX k_a (a)')], [`dropped the index ${keyOfOrder}`]],
  [
    [alter('ALTER INDEX k_a INVISIBLE')],
    [alter('ALTER INDEX k_a VISIBLE')],
    [`changed the index ${keyOfOrder} to ${keyOfOrder} /*!80000 INVISIBLE */`],
  ],
  [
    [alter('DROP INDEX k_a'), alter("ADD UNIQUE INDEX k_a (a, c) COMMENT 'x'")],
    [alter('DROP INDEX k_a'), alter('ADD INDEX k_a (a)')],
    [`changed the index ${keyOfOrder} to Order: UNIQUE KEY \`k_a\` (\`a\`,\`c\`) COMMENT 'x'`],
  ],
  [
    [alter('ADD CONSTRAINT ck_c CHECK ((c > 0 OR c < -1)) NOT ENFORCED')],
    [alter('DROP CONSTRAINT ck_c')],
    ['added the constraint Order.ck_c (`c` > 0 or `c` < -1) NOT ENFORCED'],
  ],
  [
    [alter('DROP CONSTRAINT ck_a')],
    [alter('ADD CONSTRAINT ck_a CHECK ((a > 0))')],
    ['dropped the constraint Order.ck_a (`a` > 0)'],
  ],
  [
    [alter('ALTER CONSTRAINT ck_a NOT ENFORCED')],
    [alter('ALTER CONSTRAINT ck_a ENFORCED')],
    ['changed the constraint Order.ck_a (`a` > 0) to Order.ck_a (`a` > 0) NOT ENFORCED'],
  ],
  [
    [alter('DROP FOREIGN KEY fk', 'Item')],
    [alter('ADD CONSTRAINT fk FOREIGN KEY (order_id) REFERENCES `Order` (id)', 'Item')],
    [expect.stringMatching(/^dropped from Item: CONSTRAINT `fk` FOREIGN KEY/)],
  ],
  [['CREATE TABLE New (a INT)'], ['DROP TABLE New'], ['added the table New']],
  [
    ['RENAME TABLE Random TO Rnd'],
    ['RENAME TABLE Rnd TO Random'],
    ['added the table Rnd', 'dropped the table Random'],
  ],
  [
    [alter("COMMENT 'AUTO_INCREMENT=7'", 'Parts')],
    [alter("COMMENT 'parts'", 'Parts')],
    [
      expect.stringMatching(/^added to Parts: .*COMMENT='AUTO_INCREMENT=7'/),
      expect.stringMatching(/^dropped from/),
    ],
  ],
  [
    [alter('ADD PARTITION (PARTITION p1 VALUES LESS THAN (20))', 'Parts')],
    [alter('DROP PARTITION p1', 'Parts')],
    [expect.stringMatching(/^added to Parts: [\s\S]*`p1`/), expect.stringMatching(/^dropped from Parts/)],
  ],
  [
    ['CREATE OR REPLACE VIEW v AS SELECT id, a FROM `Order` WHERE a > 1'],
    ['CREATE OR REPLACE VIEW v AS SELECT id, a FROM `Order`'],
    [expect.stringMatching(/^changed the view v .* to v .*`a`>1$/)],
  ],
  [
    ['CREATE OR REPLACE VIEW v (id, renamed) AS SELECT id, a FROM `Order`'],
    ['CREATE OR REPLACE VIEW v AS SELECT id, a FROM `Order`'],
    [expect.stringMatching(/^changed the view v \(id, a\).* to v \(id, renamed\)/)],
  ],
  [
    ['CREATE OR REPLACE SQL SECURITY INVOKER VIEW v AS SELECT id, a FROM `Order`'],
    ['CREATE OR REPLACE VIEW v AS SELECT id, a FROM `Order`'],
    [expect.stringMatching(/^changed the view v .*DEFINER.* to v .*INVOKER/)],
  ],
  [
    ['DROP VIEW v_over'],
    ['CREATE VIEW v_over AS SELECT id FROM v'],
    [expect.stringMatching(/^dropped the view v_over/)],
  ],
])('after %j the changes are told', async (put, takeBack, wanted) => {
  const { there, back } = await changesOf(put, takeBack)
  expect(there).toEqual(wanted)
  expect(back).toHaveLength(wanted.length)
  expect(describeChanges(before, await readSnapshot(schema.read))).toEqual([])
})

describe('what moves with the data', () => {
  test('is no change: AUTO_INCREMENT, AUTO_RANDOM_BASE', async () => {
    await schema.write.run('INSERT INTO Random (a) VALUES (1), (2)')
    await schema.write.run("INSERT INTO `Order` (id, b) VALUES (100000, 'x')")
    expect(describeChanges(before, await readSnapshot(schema.read))).toEqual([])
  })
})

describe('what is allowed', () => {
  const index = (table: string): Index => ({
    table,
    name: 'k_c',
    unique: false,
    parts: [],
    visible: true,
    comment: '',
    definition: '',
  })
  const constraint: Constraint = { table: 'Order', name: 'ck_c', clause: '`c` > 0', enforced: true }
  test.each([
    ['both', { indexes: [index('Order')], constraints: [constraint] }, 0],
    ['the index alone', { indexes: [index('Order')], constraints: [] }, 1],
    ['the same name on another table', { indexes: [index('Item')], constraints: [constraint] }, 1],
  ])('may be added: %s', async (_, allowed, left) => {
    const { after } = await changesOf(
      [alter('ADD INDEX k_c (c)'), alter('ADD CONSTRAINT ck_c CHECK ((c > 0))')],
      [alter('DROP INDEX k_c'), alter('DROP CONSTRAINT ck_c')],
    )
    expect(describeChanges(before, after, allowed)).toHaveLength(left)
    expect(describeChanges(after, before, allowed)).toHaveLength(2)
  })
})
