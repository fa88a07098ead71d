import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findGuideTools } from '../../helpers/backup/dump/guide-command.ts'
import { listFiles } from '../../helpers/backup/files.ts'
import { makeManifest, manifestRecord, readBackup } from '../../helpers/backup/manifest.ts'
import { RunFolder } from '../../helpers/core/record/run-folder.ts'
import { runSuite } from '../../helpers/run/suite-process.ts'
import { expectRed } from '../support/faults/fault.ts'
import { strangeDumpling } from '../support/faults/strange-dumpling.ts'
import { type Fixture, startFixture } from '../support/fixture.ts'

let fixture: Fixture
let folder: string
const good = () => join(folder, 'good')
const orders = 'ticketbookingdb.Order.000000000.sql'
const roles = 'ticketbookingdb.Role.000000000.sql'
const view = 'ticketbookingdb.v_order_list-schema-view.sql'
// Without mysqldump on it, the guide's own command is skipped, and each drill is a few seconds shorter.
const quick = { PATH: '/nonexistent' }

beforeAll(async () => {
  fixture = await startFixture()
  folder = await mkdtemp(join(tmpdir(), 'drill-backup-'))
  const made = await fixture.run(['preflight', 'backup'], quick)
  expect(made.red, made.tail).toEqual([])
  await cp(join(fixture.runDir, 'backup'), good(), { recursive: true })
})
afterAll(async () => {
  await fixture[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

/** A copy of the good backup, spoilt. */
const spoil = async (name: string, how: (dir: string) => Promise<unknown>): Promise<string> => {
  const dir = join(folder, name.replaceAll(/\W+/g, '-'))
  await cp(good(), dir, { recursive: true })
  await how(dir)
  return join(dir, manifestRecord.name)
}

const edit = async (file: string, change: (text: string) => string): Promise<void> => {
  const text = await readFile(file, 'utf8')
  const changed = change(text)
  expect(changed).not.toBe(text)
  await writeFile(file, changed)
}

/** Makes the manifest fit the spoilt files, as somebody would who knows how. */
const resign = async (dir: string): Promise<void> => {
  const {
    hash: _,
    manifestVersion,
    views,
    rows,
    schemaFingerprint,
    bytes,
    ...given
  } = readBackup(dir).manifest
  manifestRecord.write(new RunFolder(dir), makeManifest({ ...given, files: await listFiles(dir) }))
}

const role = (id: number) => new RegExp(`\\(${id},`)
const swapTwoRows = (text: string) =>
  text.replace(role(1), '(X,').replace(role(2), '(1,').replace('(X,', '(2,')

describe('a backup whose files are not as they were made', () => {
  test.for<[string, (dir: string) => Promise<unknown>, RegExp]>([
    [
      'truncated',
      (dir) => truncate(join(dir, orders), 1000),
      /BACKUP_DAMAGED[\s\S]*Order\.0+\.sql has 1000 bytes; it had \d+/,
    ],
    [
      'empty',
      (dir) => truncate(join(dir, orders), 0),
      /BACKUP_DAMAGED[\s\S]*Order\.0+\.sql has 0 bytes, it is empty; it had \d+/,
    ],
    [
      'edited',
      (dir) => edit(join(dir, roles), swapTwoRows),
      /BACKUP_DAMAGED[\s\S]*Role\.0+\.sql was edited: its SHA-256/,
    ],
    ['a missing file', (dir) => rm(join(dir, orders)), /BACKUP_DAMAGED[\s\S]*Order\.0+\.sql is missing/],
    [
      'a strange file',
      (dir) => writeFile(join(dir, 'x.sql'), ''),
      /BACKUP_DAMAGED[\s\S]*x\.sql is not of this backup/,
    ],
    [
      'an edited manifest',
      (dir) => edit(join(dir, manifestRecord.name), (text) => text.replace('"rows": 1000', '"rows": 999')),
      /BACKUP_EDITED: .* was edited after the backup was made/,
    ],
    [
      'half a manifest',
      (dir) => truncate(join(dir, manifestRecord.name), 500),
      /BACKUP_UNREADABLE: .* is no manifest/,
    ],
    [
      'a missing view, and the manifest made to fit',
      async (dir) => {
        await rm(join(dir, view))
        await resign(dir)
      },
      /BACKUP_INCOMPLETE: The backup does not hold: the view v_order_list\./,
    ],
  ])('%s', async ([name, how, says]) => {
    const BACKUP_MANIFEST = await spoil(name, how)
    const outcome = await fixture.run(['backup'], { ...quick, BACKUP_MANIFEST })
    // Only the first of the two is red: what is not complete is not restored.
    expectRed(outcome, { red: ['backup.complete'], says })
    const restores = outcome.summary?.checks.find(({ id }) => id === 'backup.restores')
    expect(restores).toMatchObject({
      status: 'skipped',
      reason: 'the backup is not complete: see backup.complete',
    })
  })

  test('rows swapped, a row lost and a view changed, and the manifest made to fit: the restore tells', async () => {
    const BACKUP_MANIFEST = await spoil('resigned', async (dir) => {
      await edit(join(dir, roles), swapTwoRows)
      await edit(join(dir, orders), (text) => text.replace(/\n\(7,.*\),?/, ''))
      await edit(join(dir, view), (text) => text.replace('IS NULL;', 'IS NOT NULL;'))
      await resign(dir)
    })
    expectRed(await fixture.run(['backup'], { ...quick, BACKUP_MANIFEST }), {
      red: ['backup.restores'],
      says: /RESTORE_DIFFERENT[\s\S]*changed the view v_order_list[\s\S]*Order: 1000 rows, restored 999\n\s+Role: 4 rows with other values/,
    })
  })

  test('the schema is another one since', async () => {
    await fixture.sql('ALTER TABLE Banner ADD COLUMN since INT')
    const outcome = await fixture.run(['backup'], { ...quick, BACKUP_MANIFEST: good() })
    await fixture.sql('ALTER TABLE Banner DROP COLUMN since')
    expectRed(outcome, {
      red: ['backup.complete'],
      says: /BACKUP_OF_ANOTHER_SCHEMA[\s\S]*added to Banner: `since` int/,
    })
  })
})

describe('a backup that is not made to its end', () => {
  test('the tool leaves the views out', async () => {
    const DUMPLING_BIN = await strangeDumpling(folder, 'no-views', 'exec DUMPLING "$@" --no-views=true')
    expectRed(await fixture.run(['backup'], { ...quick, DUMPLING_BIN }), {
      red: ['backup.complete'],
      says: /BACKUP_INCOMPLETE: .*the view v_active_events, .*the view v_published_events\./,
    })
  })

  test('the tool is killed half-way: nothing is left that looks like a backup', async () => {
    const DUMPLING_BIN = await strangeDumpling(
      folder,
      'killed',
      'case "$1" in --version|--help) exec DUMPLING "$@";; esac\nexec 3<&0\nDUMPLING "$@" --threads=1 <&3 &\nuntil ls *-schema.sql >/dev/null 2>&1; do :; done\nkill -9 $!\nwait $!',
    )
    const outcome = await fixture.run(['backup'], { ...quick, DUMPLING_BIN })
    expectRed(outcome, { red: ['backup.complete'], says: /DUMP_FAILED: dumpling .*137/ })
    expect(existsSync(join(fixture.runDir, 'backup'))).toBe(false)
  })

  test('the disk is full', async (context) => {
    const disk = join(folder, 'disk')
    await mkdir(disk)
    const mounted = await execa('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk], { reject: false })
    if (mounted.failed) return context.skip('only root can mount a small disk')
    try {
      const outcome = await fixture.run(['backup'], { ...quick, BACKUP_DIR: disk })
      expectRed(outcome, {
        red: ['backup.complete'],
        says: /DUMP_FAILED: dumpling stopped with exit code 1 .*; the disk of .* is full/,
      })
    } finally {
      await execa('umount', [disk])
    }
  })
})

test('the server has thrown away what was there at that moment', async () => {
  const safePoint = (at: string) =>
    `UPDATE mysql.tidb SET VARIABLE_VALUE = '${at}' WHERE VARIABLE_NAME = 'tikv_gc_safe_point'`
  await fixture.sql(safePoint('20990101-00:00:00 +0000'))
  const outcome = await fixture.run(['backup'], { ...quick, BACKUP_MANIFEST: good() })
  await fixture.sql(safePoint('20060102-15:04:05 +0000'))
  expectRed(outcome, {
    red: ['backup.recovery-window'],
    says: /RECOVERY_WINDOW_CLOSED[\s\S]*tidb_gc_life_time is 10m0s/,
  })
})

test('the guide`s own mysqldump command: what it saves is in the report', async (context) => {
  if (findGuideTools() === undefined) return context.skip('there is no mysqldump and mysql on the PATH')
  const outcome = await fixture.run(['backup'])
  expect(outcome.red, outcome.tail).toEqual([])
  const claim = outcome.summary?.claims.find((item) => item.claim.includes('mysqldump'))
  expect(claim?.verdict).toBe('refuted')
  expect(claim?.measured).toMatch(
    /exit code 2.*restored, it has 1 of 16 tables, 1,500 of 10,168 rows and 0 of 5 views.*SAVEPOINT sp does not exist \(1305\)/,
  )
})

test('the way back by restore is red when the backup does not bring back what was there', async () => {
  const ready = await fixture.run(['preflight', 'backup', 'indexes', 'constraints'], quick)
  expect(ready.red, ready.tail).toEqual([])
  const dir = join(fixture.runDir, 'backup')
  await edit(join(dir, roles), swapTwoRows)
  const back = () =>
    runSuite(['specs/11-rollback', '-t', 'the other way back'], {
      ...quick,
      ENGINE_DIR: fixture.engine.dataDir,
      RUN_DIR: fixture.runDir,
    })
  expectRed(await back(), {
    red: ['rollback.restore'],
    says: /BACKUP_DAMAGED[\s\S]*Role\.0+\.sql was edited/,
  })
  await resign(dir)
  await fixture.sql("INSERT INTO AuditLog (table_name, record_id, action) VALUES ('Role', 1, 'UPDATE')")
  const outcome = await back()
  expectRed(outcome, {
    red: ['rollback.restore'],
    says: /BACKUP_EDITED: .*backup\.json is not the one whose backup was restored in this run/,
  })
  const evidence = outcome.summary?.checks.find(({ id }) => id === 'rollback.restore')?.evidence
  expect(evidence).toMatchObject({ wouldBeLost: [{ table: 'AuditLog', before: 1500, now: 1501 }] })
})
