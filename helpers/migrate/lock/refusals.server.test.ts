import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type LockBench, startLockBench } from '../../../drills/support/test-lock.ts'
import { rejectionOf } from '../../../drills/support/test-migration.ts'

let bench: LockBench
beforeAll(async () => {
  bench = await startLockBench()
})
afterAll(() => bench[Symbol.asyncDispose]())

const add = 'ALTER TABLE Item ADD INDEX k (a);'
const drop = 'ALTER TABLE Item DROP INDEX k;'
const addCheck = 'ALTER TABLE Item ADD CONSTRAINT ck CHECK ((a > 0));'
const dropCheck = 'ALTER TABLE Item DROP CONSTRAINT ck;'
const off = 'SET GLOBAL tidb_enable_check_constraint = OFF;'

const linesOf = (wanted: readonly (string | RegExp)[]) =>
  wanted.map((line) => (typeof line === 'string' ? line : expect.stringMatching(line)))

// One lock for several statements, because each takes half a second. What one does must not hide another's.
const sins: [string, [string, ...(string | RegExp)[]][]][] = [
  [
    'the tables',
    [
      [
        'ALTER TABLE `Order` ADD COLUMN c INT',
        'added to Order: `c` int(11) DEFAULT NULL',
        'changed rows of Order',
      ],
      ['CREATE TABLE New (id INT, KEY k_new (id), CHECK (id > 0))', 'added the table New'],
      [
        'ALTER TABLE Item ADD CONSTRAINT fk FOREIGN KEY (a) REFERENCES `Order` (id)',
        /^added to Item: .* FOREIGN KEY/,
      ],
      [
        "ALTER TABLE Spare COMMENT 'other'",
        /^added to Spare: .*COMMENT='other'/,
        /^dropped from Spare: ENGINE/,
      ],
    ],
  ],
  [
    'the order of columns',
    [['ALTER TABLE Spare MODIFY COLUMN id INT AFTER a', /^changed the order of the columns of Spare/]],
  ],
  ['a table whole', [['DROP TABLE Spare', 'dropped the table Spare']]],
  [
    'the indexes and constraints of before',
    [
      ['ALTER TABLE `Order` DROP INDEX k_old', 'dropped the index Order: KEY `k_old` (`a`)'],
      [
        'ALTER TABLE Spare DROP INDEX k; CREATE INDEX k ON Spare (id)',
        /^changed the index Spare: KEY `k` \(`a`\) to/,
      ],
      ['ALTER TABLE Spare RENAME INDEX k2 TO k3', 'dropped the index Spare: KEY `k2` (`a`)'],
      ['ALTER TABLE Spare DROP CONSTRAINT spare_1', 'dropped the constraint Spare.spare_1 (`a` > 0)'],
      [
        'ALTER TABLE Spare ALTER CONSTRAINT spare_2 NOT ENFORCED',
        /^changed the constraint Spare.spare_2 .* NOT ENFORCED/,
      ],
    ],
  ],
  ['a row', [["UPDATE `Order` SET b = 'X' WHERE id = 1", 'changed rows of Order']]],
  [
    'rows',
    [
      ["UPDATE `Order` SET b = IF(b = 'x', 'y', 'x') WHERE id < 3", 'changed rows of Order'],
      ['INSERT INTO Spare (a) VALUES (3)', 'changed rows of Spare'],
      ['DELETE FROM Item WHERE a = 1', 'changed rows of Item'],
    ],
  ],
  [
    'views',
    [
      [
        'CREATE OR REPLACE VIEW v (id, b) AS SELECT id, a FROM `Order`',
        /^changed the view v .*\(id, a\).*\(id, b\)/,
      ],
      ['DROP VIEW v_over', /^dropped the view v_over/],
    ],
  ],
  [
    'the rest of the server',
    [
      ['CREATE DATABASE other', /^added the database other/],
      ['CREATE SEQUENCE numbers', /^added the object `lock_\w+`.`numbers`: .*CREATE SEQUENCE/],
      ['CREATE TABLE other.far (id INT)', /^added the object `other`.`far`: .*CREATE TABLE/],
      ["CREATE USER somebody IDENTIFIED BY 'x'", 'changed mysql.user'],
      [
        'SET GLOBAL wait_timeout = 123',
        'changed the global variable wait_timeout = 28800 to wait_timeout = 123',
      ],
      // The last one: TiDB takes all that follows for a part of the binding.
      ['CREATE GLOBAL BINDING FOR SELECT * FROM Item USING SELECT * FROM Item', 'changed mysql.bind_info'],
    ],
  ],
  [
    'what the step before made',
    [
      ['ALTER DATABASE other COLLATE utf8mb4_general_ci', /^changed the database other/],
      ['ALTER TABLE other.far ADD INDEX k (id)', /^changed the object `other`.`far`/],
      ['GRANT SELECT ON other.* TO somebody', 'changed mysql.db'],
    ],
  ],
  [
    'the switch, after its constraints',
    [[`${addCheck} ${off}`, /^changed the global variable .* = ON to .*OFF/]],
  ],
]

describe('makeLock refuses', () => {
  test.each(sins)('a script that changes %s', async (_, statements) => {
    const constraints = statements.map(([sql]) => `${sql};`).join('\n')
    const { code, message, fields } = await rejectionOf(bench.lockFrom({ indexes: add, constraints }))
    expect(code).toBe('SCRIPT_REFUSED')
    expect(message).toMatch(/The script does more than add indexes and CHECK constraints: it of \S+\/tiny/)
    const wanted = linesOf(statements.flatMap(([, ...lines]) => lines))
    expect(fields['changes']).toHaveLength(wanted.length)
    expect(fields['changes']).toEqual(expect.arrayContaining(wanted))
  })

  test.each([
    ['nothing', {}],
    ['comments', { indexes: `-- ${add}`, constraints: '/* none */' }],
    ['ANALYZE alone', { indexes: 'ANALYZE TABLE Item;' }],
  ])('scripts of %s', async (_, files) => {
    const { code, message } = await rejectionOf(bench.lockFrom(files))
    expect([code, message]).toEqual(['SCRIPT_REFUSED', expect.stringMatching(/There is nothing to lock/)])
  })

  test.each<[string, Partial<Record<'indexes' | 'constraints', string>>, (string | RegExp)[]]>([
    [
      'ADD FULLTEXT',
      { indexes: `${add} ALTER TABLE \`Order\` ADD FULLTEXT k_text (b);` },
      ['ALTER TABLE `Order` ADD FULLTEXT k_text (b);', /^Warning 1214: .*FULLTEXT/],
    ],
    [
      'ADD FULLTEXT beside what is built',
      { indexes: 'ALTER TABLE `Order` ADD INDEX k (a), ADD FULLTEXT k_text (b);' },
      ['ALTER TABLE `Order` ADD INDEX k (a), ADD FULLTEXT k_text (b);', /^Warning 1214: /],
    ],
    [
      'IF NOT EXISTS, where another index has the name',
      { indexes: `${add}\n-- why; not\nCREATE INDEX IF NOT EXISTS k_old ON \`Order\` (b);` },
      [
        'CREATE INDEX IF NOT EXISTS k_old ON `Order` (b);',
        /^Note 1061: /,
        'wanted  Order: KEY `k_old` (`b`)',
        'found   Order: KEY `k_old` (`a`)',
      ],
    ],
    [
      'a CHECK while the switch is OFF',
      { constraints: `${add} ${off} ${addCheck}` },
      [
        'ALTER TABLE Item ADD CONSTRAINT ck CHECK ((a > 0));',
        /^Warning 1105: the switch of check constraint is off/,
      ],
    ],
  ])('a statement that says OK and does not what it says: %s', async (_, files, wanted) => {
    const { code, message, fields } = await rejectionOf(bench.lockFrom(files))
    expect(code).toBe('SCRIPT_REFUSED')
    expect(message).toMatch(
      /The server answered OK and did not do all that a statement says, in \w+\.sql of /,
    )
    expect(fields['changes']).toEqual(linesOf(wanted))
  })

  test.each([
    ['forgets an index', dropCheck, ['added the index Item: KEY `k` (`a`)']],
    ['forgets a constraint', drop, ['added the constraint Item.ck (`a` > 0)']],
    ['is empty', '', [/^added the index/, /^added the constraint/]],
    ['turns the switch off too early', `${off} ${drop} ${dropCheck}`, [/^added the constraint/]],
    [
      'does too much',
      `${drop} ${dropCheck} ALTER TABLE \`Order\` DROP INDEX k_old; DROP VIEW v_over; DELETE FROM Item; SET GLOBAL wait_timeout = 321;`,
      [
        /^dropped the view v_over/,
        /^dropped the index Order: KEY `k_old`/,
        'changed rows of Item',
        /^changed the global variable wait_timeout/,
      ],
    ],
  ])('a rollback that %s', async (_, rollback, wanted) => {
    const files = { indexes: add, constraints: addCheck, rollback }
    const { code, message, fields } = await rejectionOf(bench.lockFrom(files))
    expect(code).toBe('SCRIPT_REFUSED')
    expect(message).toMatch(/The rollback does not give back the schema of before: in the end it/)
    expect(fields['changes']).toEqual(linesOf(wanted))
  })
})
