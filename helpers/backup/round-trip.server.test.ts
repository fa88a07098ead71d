import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { engineSettings } from '../../drills/support/fixture.ts'
import { oddRows, oddSchema } from '../../drills/support/test-shapes.ts'
import { readRowHashes } from '../core/rows/row-hash.ts'
import { readSnapshot } from '../core/schema/read-snapshot.ts'
import type { Engine } from '../core/server/embedded/engine.ts'
import { type Moment, readMoment } from '../core/server/moment.ts'
import type { WriteSession } from '../core/server/session.ts'
import { startEngineFor } from '../core/server/start.ts'
import { openWriteSession } from '../core/server/write-session.ts'
import { quoteName } from '../core/text/quote.ts'
import { type DatabaseState, findDifferences } from './compare.ts'
import { type BackupTool, findDumpling, findMysqldump } from './dump/tool.ts'
import { makeBackup } from './make.ts'
import type { Backup } from './manifest.ts'
import { restoreBackup } from './restore.ts'

// A server of its own: it is given a time zone and a switch that other tests would feel.
let engine: Engine
let folder: string
let dumpling: BackupTool
beforeAll(async () => {
  engine = await startEngineFor(engineSettings, () => {})
  folder = await mkdtemp(join(tmpdir(), 'harness-backup-'))
  const found = await findDumpling(engineSettings, () => {})
  if (found === undefined) throw new Error('no dumpling')
  dumpling = found
  await using admin = await openWriteSession(engine)
  await admin.run("SET GLOBAL time_zone = '+08:00'")
})
afterAll(async () => {
  await engine.stop()
  await rm(folder, { recursive: true, force: true })
})

/** A database with the schema and rows of a script, made while the CHECK switch is ON; then it is OFF again. */
const database = async (name: string, script: string): Promise<WriteSession> => {
  await using admin = await openWriteSession(engine)
  await admin.run(`CREATE DATABASE ${quoteName(name)}`)
  await admin.run('SET GLOBAL tidb_enable_check_constraint = ON')
  const session = await openWriteSession(engine, name)
  await session.setSession('sql_mode', '')
  await session.setSession('allow_auto_random_explicit_insert', 1)
  for (const statement of script.split(/;\n/).filter((text) => text.trim() !== ''))
    await session.run(statement)
  await admin.run('SET GLOBAL tidb_enable_check_constraint = OFF')
  return session
}

const stateOf = async (session: WriteSession): Promise<DatabaseState> => {
  const schema = await readSnapshot(session)
  return { schema, rows: await readRowHashes(session, schema.tables) }
}

const make = (name: string, tool = dumpling, moment?: Moment): Promise<Backup> =>
  makeBackup({
    address: { ...engine.address, database: name },
    target: { name: 'test', version: 'test' },
    dir: join(folder, `${name.replaceAll(/\W/g, '')}-${tool.name}`),
    tool,
    connections: 2,
    moment,
    say: () => {},
  })

/** Drops the database, restores it, and says in what it differs from what it was. */
const bringBack = async (backup: Backup, wanted: DatabaseState): Promise<string[]> => {
  const { database: name } = backup.manifest
  {
    await using admin = await openWriteSession(engine)
    await admin.run(`DROP DATABASE ${quoteName(name)}`)
  }
  await restoreBackup(engine, backup, { connections: 2 })
  await using session = await openWriteSession(engine, name)
  return await findDifferences(session, wanted)
}

describe('dumpling, and the restore of what it wrote', () => {
  test('brings back every odd schema and row', async () => {
    const readable = oddSchema.replace(/CREATE TABLE Enums[\s\S]*?;\n/, '')
    await using session = await database('odd', `SET foreign_key_checks = 0;\n${readable}${oddRows}`)
    const wanted = await stateOf(session)
    expect(wanted.rows.filter(({ rows }) => rows > 0).length).toBeGreaterThan(6)
    const backup = await make('odd')
    expect(backup.manifest.tables).toEqual(wanted.rows)
    expect(await bringBack(backup, wanted)).toEqual([])
  })

  test('is of one instant, whatever was written and changed since', async () => {
    await using session = await database(
      'instant',
      'CREATE TABLE T (a INT PRIMARY KEY);\nINSERT INTO T VALUES (1), (2);\nCREATE VIEW V AS SELECT a FROM T;\n',
    )
    const wanted = await stateOf(session)
    const moment = await readMoment(session)
    await session.run('INSERT INTO T VALUES (3)')
    await session.run('ALTER TABLE T ADD COLUMN b INT')
    await session.run('DROP VIEW V')
    expect(await bringBack(await make('instant', dumpling, moment), wanted)).toEqual([])
  })

  test('brings back a database, tables and views whose names are no ASCII', async () => {
    await using session = await database(
      'vé 店',
      "CREATE TABLE `tà` (id INT PRIMARY KEY, `çol` VARCHAR(20) DEFAULT 'é');\nINSERT INTO `tà` VALUES (1, 'ủ 😀');\nCREATE VIEW `wü` AS SELECT `çol` FROM `tà`;\n",
    )
    const wanted = await stateOf(session)
    expect(await bringBack(await make('vé 店'), wanted)).toEqual([])
  })

  test('brings back columns in GBK: dumpling writes them in UTF-8, and its files say that they are bytes', async () => {
    await using session = await database(
      'chinese',
      `CREATE TABLE T (id INT PRIMARY KEY, g VARCHAR(20) CHARACTER SET gbk DEFAULT '文' COMMENT '中é', l TEXT CHARACTER SET gbk,
         e ENUM('文', 'b') CHARACTER SET gbk, u VARCHAR(40), bl BLOB, fb BINARY(4), bits BIT(9), latin VARCHAR(9) CHARACTER SET latin1);
       INSERT INTO T VALUES (1, '中文é', 'it''s \\\\ "文"', '文', 'ủ 😀', x'00ff27225c0a0d1a80', x'ff', b'101000001', 'é');
       INSERT INTO T (id) VALUES (2);
       CREATE TABLE K (k VARCHAR(9) CHARACTER SET gbk PRIMARY KEY);
       INSERT INTO K VALUES ('字');\n`.replaceAll(/^ {7}/gm, ''),
    )
    const wanted = await stateOf(session)
    expect(await bringBack(await make('chinese'), wanted)).toEqual([])
  })

  test('brings everything back where the server`s own sql_mode writes and reads names another way', async () => {
    await using session = await database(
      'ansi',
      "CREATE TABLE `a\"b` (id INT PRIMARY KEY, `c\"d` VARCHAR(20) DEFAULT 'it''s \\\\');\nINSERT INTO `a\"b` VALUES (1, 'x\\\\''y');\nCREATE VIEW V AS SELECT id FROM `a\"b`;\n",
    )
    const wanted = await stateOf(session)
    await session.run("SET GLOBAL sql_mode = 'ANSI_QUOTES,PIPES_AS_CONCAT,NO_BACKSLASH_ESCAPES'")
    try {
      const backup = await make('ansi')
      await session.run('SET GLOBAL sql_mode = DEFAULT')
      expect(await bringBack(backup, wanted)).toEqual([])
    } finally {
      await session.run('SET GLOBAL sql_mode = DEFAULT')
    }
  })

  test('stops at a row that breaks a constraint', async () => {
    // ADD CHECK of v7.5 tests stored rows without parentheses, so a top-level AND lets a bad one stay (#71050).
    await using _session = await database(
      'broken',
      'CREATE TABLE T (a INT, b INT);\nINSERT INTO T VALUES (1, -1);\nALTER TABLE T ADD CONSTRAINT both_positive CHECK (a > 0 AND b > 0);\n',
    )
    const backup = await make('broken')
    await expect(bringBack(backup, { schema: backup.manifest.schema, rows: [] })).rejects.toThrow(
      /RESTORE_FAILED: broken\.T\.0+\.sql cannot be restored: Check constraint 'both_positive' is violated/,
    )
  })

  test('stops at a table whose text the server itself cannot read back: it prints a backslash in an ENUM as it is', async () => {
    await using _session = await database('unreadable', "CREATE TABLE T (e ENUM('a\\\\', 'b'));\n")
    const backup = await make('unreadable')
    await expect(bringBack(backup, { schema: backup.manifest.schema, rows: [] })).rejects.toThrow(
      /RESTORE_FAILED: unreadable\.T-schema\.sql cannot be restored: You have an error in your SQL syntax/,
    )
  })

  test('goes into no server that has the database, or that does not show the token', async () => {
    await using _session = await database('kept', 'CREATE TABLE T (a INT);\n')
    const backup = await make('kept')
    await expect(restoreBackup(engine, backup, { connections: 1 })).rejects.toThrow(/RESTORE_NOT_EMPTY/)
    await expect(restoreBackup({ ...engine, token: 'another' }, backup, { connections: 1 })).rejects.toThrow(
      /NOT_THROW_AWAY/,
    )
  })

  test('is not made over an older one, and not without the right to see a view', async () => {
    await using session = await database(
      'twice',
      'CREATE TABLE T (a INT);\nCREATE VIEW V AS SELECT 1 AS one;\n',
    )
    await make('twice')
    await expect(make('twice')).rejects.toThrow(/BACKUP_NOT_WRITTEN: .*EEXIST/)
    await session.run("CREATE USER 'blind'@'%'")
    await session.run("GRANT SELECT ON twice.* TO 'blind'@'%'")
    const blind = makeBackup({
      address: { ...engine.address, user: 'blind', database: 'twice' },
      target: { name: 'test', version: 'test' },
      dir: join(folder, 'blind'),
      tool: dumpling,
      connections: 1,
      say: () => {},
    })
    await expect(blind).rejects.toThrow(/DUMP_FAILED: .*SHOW VIEW/i)
  })
})

describe('mysqldump in a form that works on TiDB', () => {
  test('brings everything back', async (context) => {
    const tool = await findMysqldump()
    if (tool === undefined) return context.skip('there is no mysqldump on the PATH')
    await using session = await database(
      'plain',
      `CREATE TABLE T (id INT PRIMARY KEY AUTO_INCREMENT, a VARCHAR(40), b BLOB, ts TIMESTAMP NULL, CONSTRAINT named CHECK (a <> ''));
       INSERT INTO T (a, b, ts) VALUES ('it''s ủ', x'00ff27', '2026-03-01 00:30:00'), (NULL, NULL, NULL);
       CREATE TABLE Children (id INT PRIMARY KEY, t INT, CONSTRAINT fk FOREIGN KEY (t) REFERENCES T (id));
       INSERT INTO Children VALUES (1, 1);
       CREATE VIEW V AS SELECT a FROM T;\n`.replaceAll(/^ +/gm, ''),
    )
    const wanted = await stateOf(session)
    const backup = await make('plain', tool)
    expect(backup.manifest.tool.consistency).toBe('none')
    expect(await bringBack(backup, wanted)).toEqual([])
    const names = await session.rows(
      z.object({ name: z.string() }),
      'SELECT a AS name FROM V WHERE a IS NOT NULL',
    )
    expect(names).toEqual([{ name: "it's ủ" }])
  })

  test('reads no database with a generated column: MariaDB`s client would write its values too, which no server takes back', async (context) => {
    const tool = await findMysqldump()
    if (tool === undefined) return context.skip('there is no mysqldump on the PATH')
    await using session = await database(
      'reckoned',
      'CREATE TABLE T (a INT PRIMARY KEY, twice INT AS (a * 2) STORED);\nINSERT INTO T (a) VALUES (1);\nCREATE TABLE Plain (a INT);\n',
    )
    const wanted = await stateOf(session)
    await expect(make('reckoned', tool)).rejects.toThrow(
      /BACKUP_TOOL_UNFIT: mysqldump .*T\.twice[\s\S]*next: Unset BACKUP_TOOL/,
    )
    expect(existsSync(join(folder, 'reckoned-mysqldump'))).toBe(false)
    expect(await bringBack(await make('reckoned'), wanted)).toEqual([])
  })
})
