import type { Snapshot, Table } from '../../helpers/core/schema/model.ts'
import {
  openRawWriteSession,
  openReadSession,
  type ReadSession,
  type ServerAddress,
  type WriteSession,
} from '../../helpers/core/server/session.ts'
import { withDatabase } from './test-server.ts'

/** A database of the caller's own with one session that reads and one that writes. */
export interface TestSchema extends AsyncDisposable {
  readonly address: ServerAddress
  readonly read: ReadSession
  readonly write: WriteSession
}

/** The statements of `script` end with a semicolon at the end of a line. */
export const openTestSchema = async (prefix: string, script: string): Promise<TestSchema> => {
  await using resources = new AsyncDisposableStack()
  const { address } = resources.use(await withDatabase(prefix))
  const write = resources.use(await openRawWriteSession(address))
  const read = resources.use(await openReadSession(address))
  for (const statement of script.split(/;\n/).filter((text) => text.trim() !== '')) await write.run(statement)
  const kept = resources.move()
  return { address, read, write, [Symbol.asyncDispose]: () => kept.disposeAsync() }
}

/** The one table of this name, spelled so; throws when there is none. */
export const tableOf = (snapshot: Snapshot, name: string): Table => {
  const found = snapshot.tables.find((table) => table.name === name)
  if (found === undefined) throw new Error(`the snapshot has no table ${name}`)
  return found
}

/** Every odd thing that v7.5.0 accepts in a table. Each of the texts holds what could end it too early. */
export const oddSchema = String.raw`
CREATE TABLE \`Order\` (
  id BIGINT PRIMARY KEY AUTO_INCREMENT,
  \`select\` INT,
  \`b\`\`t\` INT DEFAULT '7',
  \`c,(d' "\` INT,
  a VARCHAR(40) DEFAULT 'it''s, (ok) \\ "q" \`' COMMENT 'c, ) '' \\',
  n VARCHAR(40) COMMENT 'two
lines, KEY \`x\` (\`y\`) ủ 名',
  j JSON,
  q VARCHAR(9) DEFAULT '?',
  bits BIT(4) DEFAULT b'101',
  u VARCHAR(40) DEFAULT (UUID()),
  at DATETIME(3) DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
  g VARCHAR(60) AS (CONCAT(a, '\\', '''', ')', "\`")) VIRTUAL,
  gs INT AS (\`b\`\`t\` + 1) STORED,
  CHECK (\`select\` > 0),
  CONSTRAINT \`ck\`\`1\` CHECK (\`b\`\`t\` > 0 OR a <> 'x''y\\,)'),
  CONSTRAINT ck_off CHECK (a LIKE '%\_(' OR q = '\\') NOT ENFORCED,
  KEY k_prefix (a(5)) COMMENT 'ix, '' ) \\ ?
 :z',
  KEY k_lower ((LOWER(a)), id),
  KEY k_text ((LOWER('it''s (\\'))),
  UNIQUE KEY k_hidden (\`b\`\`t\`, \`c,(d' "\`) INVISIBLE,
  KEY k_many ((CAST(j->'$.x' AS SIGNED ARRAY))),
  KEY (\`select\`)
) COMMENT 'AUTO_INCREMENT=5 COMMENT=''x'' (';
CREATE TABLE Enums (
  e ENUM('a,b', 'c)''d', '(\\') DEFAULT '(\\',
  s SET('x', '(', '\\') COMMENT '\\',
  KEY k_e (e)
);
CREATE TABLE \`weird\`\`name\` (\`a\`\`b\` INT, CONSTRAINT ck CHECK (\`a\`\`b\` <> 1), KEY \`ix\`\`1\` (\`a\`\`b\`));
CREATE TABLE Composite (a VARCHAR(9), B INT, c INT, PRIMARY KEY (b, a) NONCLUSTERED, CONSTRAINT ck CHECK (C > 0));
CREATE TABLE Child (id INT PRIMARY KEY, b INT, a VARCHAR(9), FOREIGN KEY (b, a) REFERENCES Composite (b, a) ON DELETE CASCADE);
CREATE TABLE Parts (a VARCHAR(10), b INT, KEY k (b)) PARTITION BY LIST COLUMNS(a)
  (PARTITION p0 VALUES IN ('x\\', 'it''s'), PARTITION p1 VALUES IN ('z') COMMENT 'c,)(');
CREATE TABLE Random (id BIGINT PRIMARY KEY AUTO_RANDOM, a INT CHECK (a <> 1) NOT ENFORCED);
CREATE GLOBAL TEMPORARY TABLE Scratch (id INT PRIMARY KEY) ON COMMIT DELETE ROWS;
CREATE SEQUENCE Numbers;
CREATE VIEW v_base (p, q) AS SELECT id, a FROM \`Order\` WHERE a <> ')''';
CREATE SQL SECURITY INVOKER VIEW v_over AS SELECT p FROM v_base;
`.replaceAll('\\`', '`')

/** Rows of every odd kind: for tables of the odd schema, and for some more. */
export const oddRows = String.raw`
CREATE TABLE Kinds (
  id BIGINT PRIMARY KEY AUTO_INCREMENT, s VARCHAR(200), bl LONGBLOB, fb BINARY(4), j JSON, d DECIMAL(30, 6),
  f FLOAT, dbl DOUBLE, dt DATETIME(6), ts TIMESTAMP(3) NULL, ti TIME(6), y YEAR, bits BIT(9),
  e ENUM('a''b', 'c,d'), l VARCHAR(20) CHARACTER SET latin1
);
INSERT INTO Kinds (id, s) VALUES (-1, 'a;\n-- b'), (5, NULL), (6, '');
INSERT INTO Kinds (s, bl, fb) VALUES ('it''s "x" \\ \n \r \t \0 % _ ủ 😀', x'00ff27225c0a0d1a80', x'ff');
INSERT INTO Kinds (j, d, f, dbl) VALUES ('{"a;\\n": "\\"\'", "n": [1.50, null]}', 123456789012345678901234.000001, 0.1, 1e308);
INSERT INTO Kinds (dt, ts, ti, y) VALUES ('2026-03-01 00:00:00.000001', '2026-03-01 00:30:00.5', '-838:59:59', 2026);
INSERT INTO Kinds (dt, bits, e, l) VALUES ('0000-00-00', b'101000001', 'c,d', 'é');
SET SESSION sql_mode = 'NO_AUTO_VALUE_ON_ZERO';
INSERT INTO Kinds (id, s) VALUES (0, 'zero');
INSERT INTO Random (id, a) VALUES (7, 1), (8, 2);
INSERT INTO Parts VALUES ('x\\', 1), ('z', 2);
INSERT INTO ${'`'}weird${'``'}name${'`'} VALUES (5), (NULL);
CREATE TABLE ${'`'}a-schema%b.c${'`'} (a INT);
INSERT INTO ${'`'}a-schema%b.c${'`'} VALUES (1);
CREATE TABLE Children (id INT PRIMARY KEY, parent INT, CONSTRAINT fk FOREIGN KEY (parent) REFERENCES Zparents (id));
CREATE TABLE Zparents (id INT PRIMARY KEY);
INSERT INTO Zparents VALUES (1);
INSERT INTO Children VALUES (1, 1);
`
