import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestSchema, type TestSchema, tableOf } from '../../../drills/support/test-shapes.ts'
import { describeChanges } from './changes.ts'
import { readSnapshot } from './read-snapshot.ts'
import { withoutIncidentals } from './without-incidentals.ts'

// A policy belongs to the whole server, and so has a name of this file's own.
const policy = 'incidentals_policy'
const script = `
SET SESSION foreign_key_checks = 0;
CREATE TABLE Parent (id INT PRIMARY KEY);
CREATE TABLE T (id INT PRIMARY KEY, a INT NOT NULL DEFAULT '3', e ENUM('x', ' COMMENT ''y'' int(3)'), t DATETIME, p INT,
  KEY k (a), CONSTRAINT fk FOREIGN KEY (p) REFERENCES Parent (id));
CREATE TABLE Log (id INT PRIMARY KEY) PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES LESS THAN (20))
`
let schema: TestSchema
beforeAll(async () => {
  schema = await openTestSchema('incidentals', script)
  await schema.write.run(`CREATE PLACEMENT POLICY ${policy} FOLLOWERS = 2`)
})
afterAll(async () => {
  await schema[Symbol.asyncDispose]()
})

const changesMadeBy = async (...statements: string[]): Promise<string[][]> => {
  const before = await readSnapshot(schema.read)
  for (const sql of statements) await schema.write.run(sql)
  const after = await readSnapshot(schema.read)
  return [
    describeChanges(before, after),
    describeChanges(withoutIncidentals(before), withoutIncidentals(after)),
  ]
}

describe('no other schema is made by', () => {
  test.each<[string, ...string[]]>([
    ['a comment of a column', "ALTER TABLE T MODIFY a INT NOT NULL DEFAULT '3' COMMENT 'it''s, ) int(3)'"],
    ['a comment of a table', "ALTER TABLE T COMMENT 'a \\'COMMENT=\\'\n(PARTITION '"],
    ['a comment of an index', 'ALTER TABLE T DROP INDEX k', "ALTER TABLE T ADD INDEX k (a) COMMENT 'x'"],
    ['the width of an integer', "ALTER TABLE T MODIFY a INT(9) NOT NULL DEFAULT '3'"],
    ['a placement policy', `ALTER TABLE T PLACEMENT POLICY = ${policy}`],
    ['a placement policy of a partition', `ALTER TABLE Log PARTITION p0 PLACEMENT POLICY = ${policy}`],
    ['a TTL', "ALTER TABLE T TTL = `t` + INTERVAL 3 MONTH TTL_JOB_INTERVAL = '2h'"],
    ['a partition that came', 'ALTER TABLE Log ADD PARTITION (PARTITION p2 VALUES LESS THAN (30))'],
    ['a partition that went', 'ALTER TABLE Log DROP PARTITION p0'],
  ])('%s', async (_, ...statements) => {
    const [changed, meant] = await changesMadeBy(...statements)
    expect(changed).not.toEqual([])
    expect(meant).toEqual([])
  })

  test('a placement policy that is taken away', async () => {
    const [changed, meant] = await changesMadeBy(
      'ALTER TABLE T PLACEMENT POLICY = DEFAULT',
      'ALTER TABLE Log REMOVE PARTITIONING',
      `DROP PLACEMENT POLICY ${policy}`,
    )
    expect(changed).toContainEqual(expect.stringMatching(/^dropped from T: .*placement/))
    expect(meant).toEqual([
      expect.stringMatching(/^added to Log: /),
      expect.stringMatching(/PARTITION BY RANGE \(`id`\)$/),
    ])
  })

  test('a foreign key of an old cluster, which the server does not keep', async () => {
    const [changed, meant] = await changesMadeBy(
      'ALTER TABLE T DROP FOREIGN KEY fk',
      'SET GLOBAL tidb_enable_foreign_key = OFF',
      'ALTER TABLE T ADD CONSTRAINT fk FOREIGN KEY (p) REFERENCES Parent (id)',
      'SET GLOBAL tidb_enable_foreign_key = ON',
    )
    expect(changed).toContainEqual(expect.stringMatching(/^added to T: .* \/\* FOREIGN KEY INVALID \*\/$/))
    expect(meant).toEqual([])
  })

  test('a counter, which is in no snapshot', async () => {
    const [changed] = await changesMadeBy('ALTER TABLE T AUTO_INCREMENT = 9000')
    expect(changed).toEqual([])
  })
})

test('what else changes is told: members of an ENUM, a default, a column', async () => {
  const [, meant] = await changesMadeBy(
    "ALTER TABLE T MODIFY e ENUM('x', ' COMMENT ''y'' int(3)', 'z')",
    'ALTER TABLE T ALTER a SET DEFAULT 4',
    'ALTER TABLE T ADD COLUMN extra INT',
  )
  expect(meant).toHaveLength(5)
  expect(meant?.join('\n')).toContain("enum('x',' COMMENT ''y'' int(3)','z')")
  expect(tableOf(withoutIncidentals(await readSnapshot(schema.read)), 'T').rest.join('\n')).toContain(
    '`extra` int DEFAULT',
  )
})
