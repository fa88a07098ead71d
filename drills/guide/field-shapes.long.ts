import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runCli, runSuite } from '../../helpers/run/suite-process.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'field-shapes-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** Locks and rehearses a migration with these files. */
const rehearse = async (name: string, files: Readonly<Record<string, string>>) => {
  const MIGRATION = join(folder, name)
  const all = { 'migration.json': JSON.stringify({ database: name, baseline: 'baseline' }), ...files }
  for (const [path, text] of Object.entries(all)) {
    await mkdir(dirname(join(MIGRATION, path)), { recursive: true })
    await writeFile(join(MIGRATION, path), text)
  }
  const lock = await runCli('helpers/cli/lock.ts', { MIGRATION })
  expect(lock.exitCode, lock.all).toBe(0)
  return runSuite([], { MIGRATION, REPORTS_DIR: join(MIGRATION, 'reports'), SCALE: 'small', TRAFFIC: 'off' })
}

const numbers = (rows: number) =>
  `WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < ${rows})`
const long = 'l'.repeat(64)

const shapes = {
  'baseline/schema.sql': `
CREATE SEQUENCE \`next no\` START 100 CACHE 10;
CREATE TABLE \`Kunde (alt)\` (
  id BIGINT PRIMARY KEY AUTO_INCREMENT, \`e "mail"\` VARCHAR(60) NOT NULL, \`Guthaben €\` DECIMAL(9,2) UNSIGNED NOT NULL,
  notes JSON, grade ENUM('low', 'high'), INDEX \`by grade\` (grade)
);
CREATE TABLE \`Beleg.v2\` (
  id VARCHAR(12) PRIMARY KEY, body JSON NOT NULL, kunde BIGINT NOT NULL, \`a.b, c\` INT NOT NULL,
  topic VARCHAR(20) AS (body->>'$.topic') VIRTUAL, next_no INT AS (\`a.b, c\` + 1) VIRTUAL,
  CONSTRAINT \`fk's\` FOREIGN KEY (kunde) REFERENCES \`Kunde (alt)\` (id) ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE TABLE \`${long}\` (no BIGINT NOT NULL DEFAULT NEXTVAL(\`next no\`) PRIMARY KEY, v INT NOT NULL);
CREATE TABLE visit (
  id BIGINT AUTO_RANDOM PRIMARY KEY, who VARCHAR(20) NOT NULL, at TIMESTAMP NOT NULL
) TTL = \`at\` + INTERVAL 1 HOUR TTL_JOB_INTERVAL = '1m';
`,
  'baseline/views.sql': `
CREATE SQL SECURITY INVOKER VIEW z_kunde AS SELECT id, grade FROM \`Kunde (alt)\`;
CREATE VIEW \`a view\` (k, r) AS SELECT id, grade FROM z_kunde WHERE grade = 'low' WITH LOCAL CHECK OPTION;
`,
  'baseline/data.sql': `
INSERT INTO \`Kunde (alt)\` (\`e "mail"\`, \`Guthaben €\`, notes, grade)
  ${numbers(400)} SELECT CONCAT('k', n, '@example.org'), n, '{}', IF(n % 2, 'low', 'high') FROM n;
INSERT INTO \`Beleg.v2\` (id, body, kunde, \`a.b, c\`)
  ${numbers(900)} SELECT CONCAT('B', n), JSON_OBJECT('topic', CONCAT('t', n % 300), 'seats', JSON_ARRAY(n, n + 1)), 1 + n % 400, n FROM n;
INSERT INTO \`${long}\` (v) VALUES (1), (2);
INSERT INTO visit (who, at) ${numbers(60)} SELECT CONCAT('w', n), '2025-01-01' FROM n;
`,
  'indexes.sql': `
ALTER TABLE \`Kunde (alt)\` ADD UNIQUE INDEX \`uq (mail)\` (\`e "mail"\`);
ALTER TABLE \`Beleg.v2\` ADD INDEX \`a.b, c\` (\`a.b, c\`);
CREATE INDEX \`索引\` ON \`Beleg.v2\` (topic); CREATE INDEX \`by\`\`next\` ON \`Beleg.v2\` (next_no);
CREATE INDEX \`by lower\` ON \`Beleg.v2\` ((LOWER(id)), topic);
ALTER TABLE \`Beleg.v2\` ADD INDEX seats ((CAST(body->'$.seats' AS UNSIGNED ARRAY)));
ALTER TABLE \`${long}\` ADD INDEX \`${long}\` (v); ALTER TABLE visit ADD INDEX key_who (who);
`,
  'constraints.sql': `
ALTER TABLE \`Kunde (alt)\` ADD CONSTRAINT \`Guthaben >= 0\` CHECK ((\`Guthaben €\` >= 0));
ALTER TABLE \`Kunde (alt)\` ADD CONSTRAINT notes_valid CHECK ((JSON_VALID(notes)));
ALTER TABLE \`Kunde (alt)\` ADD CONSTRAINT \`it's ok\` CHECK ((\`e "mail"\` <> 'it''s'));
ALTER TABLE \`Beleg.v2\` ADD CHECK ((\`a.b, c\` > 0));
`,
  'rollback.sql': `
ALTER TABLE \`Kunde (alt)\` DROP CONSTRAINT \`Guthaben >= 0\`; ALTER TABLE \`Kunde (alt)\` DROP CONSTRAINT notes_valid;
ALTER TABLE \`Kunde (alt)\` DROP CONSTRAINT \`it's ok\`; ALTER TABLE \`Beleg.v2\` DROP CONSTRAINT \`Beleg.v2_chk_1\`;
ALTER TABLE \`Kunde (alt)\` DROP INDEX \`uq (mail)\`; ALTER TABLE \`Beleg.v2\` DROP INDEX \`a.b, c\`;
ALTER TABLE \`Beleg.v2\` DROP INDEX \`索引\`; ALTER TABLE \`Beleg.v2\` DROP INDEX \`by\`\`next\`;
ALTER TABLE \`Beleg.v2\` DROP INDEX \`by lower\`; ALTER TABLE \`Beleg.v2\` DROP INDEX seats;
ALTER TABLE \`${long}\` DROP INDEX \`${long}\`; ALTER TABLE visit DROP INDEX key_who;
`,
  'queries.sql': [
    [
      'mail',
      'Kunde (alt).uq (mail)',
      'SELECT id FROM `Kunde (alt)` AS `k, index:x(y)` WHERE `e "mail"` = \'k7@example.org\'',
    ],
    ['dotted', 'Beleg.v2.a.b, c', 'SELECT id FROM `Beleg.v2` WHERE `a.b, c` = 7'],
    ['topic', '`Beleg.v2`.`索引`', "SELECT id FROM `Beleg.v2` WHERE topic = 't7'"],
    ['next', 'Beleg.v2.by`next', 'SELECT id FROM `Beleg.v2` WHERE next_no = 7'],
    ['lower', 'Beleg.v2.by lower', "SELECT id FROM `Beleg.v2` WHERE LOWER(id) = 'b7' AND topic = 't7'"],
    ['seat', 'Beleg.v2.seats', "SELECT id FROM `Beleg.v2` WHERE 7 MEMBER OF (body->'$.seats')"],
    ['long', `${long}.${long}`, `SELECT no FROM \`${long}\` WHERE v = 1`],
    ['who', 'visit.key_who', "SELECT id FROM visit WHERE who = 'w7'"],
  ]
    .map(
      ([name, index, sql]) =>
        `-- name: ${name}\n-- title: ${name}\n-- index: ${index}\n-- expect: range\n${sql};\n`,
    )
    .join('\n'),
}

test('names, types, columns and tables of every kind pass whole', async () => {
  const outcome = await rehearse('field_shapes', shapes)
  expect(outcome.red, outcome.tail).toEqual([])
  expect(outcome.summary).toMatchObject({
    verdict: 'passed',
    indexes: { expected: 8, present: 8 },
    constraints: { enforceable: 4, enforced: 4 },
  })
  const checks = outcome.summary?.checks ?? []
  const evidenceOf = (id: string) => JSON.stringify(checks.find((check) => check.id === id)?.evidence)
  expect(evidenceOf('postconditions.enforcement[Kunde (alt).notes_valid]')).toMatch(/guaranteed.*3140/)
  expect(evidenceOf('query-plans.topic')).toContain('TiDB keeps no statistics of Beleg.v2.topic')
  const reasons = checks
    .filter(({ status }) => status === 'skipped')
    .map(({ id, reason }) => `${id}: ${reason}`)
  expect(reasons).toContainEqual(
    expect.stringMatching(/^integrity\.index-count\[Beleg\.v2\.seats\]: a multi-valued index/),
  )
  expect(reasons).toContainEqual(expect.stringMatching(/^metrics\.statistics\[l+\]: l+ has 2 rows/))
}, 200_000)

test('constraints alone, without queries and without an index', async () => {
  const outcome = await rehearse('checks_only', {
    'baseline/schema.sql': 'CREATE TABLE t (id INT PRIMARY KEY, n INT NOT NULL);',
    'baseline/data.sql': 'INSERT INTO t VALUES (1, 1), (2, 2);',
    'constraints.sql': 'ALTER TABLE t ADD CONSTRAINT n_positive CHECK ((n > 0));',
    'rollback.sql': 'ALTER TABLE t DROP CONSTRAINT n_positive;',
  })
  expect(outcome.red, outcome.tail).toEqual([])
  expect(outcome.summary, outcome.tail).toMatchObject({ verdict: 'passed', constraints: { enforced: 1 } })
}, 120_000)

test('an index alone, without queries, constraints and rows', async () => {
  const outcome = await rehearse('index_only', {
    'baseline/schema.sql': 'CREATE TABLE t (id INT PRIMARY KEY, n INT NOT NULL);',
    'indexes.sql': 'ALTER TABLE t ADD INDEX by_n (n);',
    'rollback.sql': 'ALTER TABLE t DROP INDEX by_n;',
  })
  expect(outcome.red, outcome.tail).toEqual([])
  expect(outcome.summary, outcome.tail).toMatchObject({ verdict: 'passed', indexes: { present: 1 } })
}, 120_000)
