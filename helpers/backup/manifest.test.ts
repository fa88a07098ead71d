import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { RunFolder } from '../core/record/run-folder.ts'
import { backupRefusal } from '../gate/backup-proof.ts'
import { findOmissions } from './dump/dump-files.ts'
import { listFiles } from './files.ts'
import { makeManifest, manifestFile, proveBackup, readBackup } from './manifest.ts'

const folder = mkdtempSync(join(tmpdir(), 'harness-manifest-'))
afterAll(() => rmSync(folder, { recursive: true }))
const at = '2026-03-01 12:00:00.000000'
const restored = { at: '2026-03-01T12:10:00.000Z', inMs: 1 }

const manifestOf = (files: Awaited<ReturnType<typeof listFiles>>, changes: object = {}) =>
  makeManifest({
    target: { name: 'prod', host: 'Db.example', port: 4000, version: 'v' },
    database: 'Shop',
    moment: { tso: '1', serverTime: at },
    tool: { name: 'dumpling', version: 'v7.5.0', flags: [], consistency: 'snapshot' },
    tables: [
      { table: 'T', rows: 2, hash: '1-1' },
      { table: 'a-schema%b', rows: 1, hash: '1-1' },
      { table: 'Empty', rows: 0, hash: '0-0' },
    ],
    schema: { tables: [], views: [{ name: 'V', definition: '', header: '' }] },
    tableIds: [
      { name: 'T', id: '7' },
      { name: 'U', id: '8' },
    ],
    files,
    durationMs: 1,
    restored,
    ...changes,
  })

const writeBackup = async (name: string, changes: object = {}): Promise<string> => {
  const run = new RunFolder(join(folder, name))
  rmSync(run.dir, { recursive: true, force: true })
  mkdirSync(run.dir)
  writeFileSync(run.path('Shop.T.000000000.sql'), 'rows')
  run.write(manifestFile, manifestOf(await listFiles(run.dir), changes))
  return run.dir
}

const file = (name: string) => ({ name, bytes: 1, sha256: '' })

describe('a manifest', () => {
  test('is read from its file and from its folder, with sums over what was given', async () => {
    const dir = await writeBackup('read')
    expect(readBackup(join(dir, manifestFile))).toEqual(readBackup(dir))
    expect(readBackup(dir)).toMatchObject({ dir, manifest: { rows: 3, bytes: 4, views: ['V'] } })
  })

  test('knows which file each table, its rows and each view should have', () => {
    const all = [
      'Shop-schema-create.sql',
      'Shop.T-schema.sql',
      'Shop.T.000000000.sql',
      'Shop.Empty-schema.sql',
      'Shop.a%2Dschema%25b-schema.sql',
      'Shop.a%2Dschema%25b.000000000.sql',
      'Shop.V-schema.sql',
      'Shop.V-schema-view.sql',
    ]
    const without = (...left: string[]) =>
      findOmissions(manifestOf(all.filter((name) => !left.includes(name)).map(file)))
    expect(without()).toEqual([])
    expect(without('Shop.T-schema.sql')).toEqual(['the table T'])
    expect(without('Shop.T.000000000.sql')).toEqual(['the rows of T'])
    expect(without('Shop.a%2Dschema%25b.000000000.sql')).toEqual(['the rows of a-schema%b'])
    expect(without('Shop.V-schema-view.sql', 'Shop.Empty-schema.sql')).toEqual([
      'the table Empty',
      'the view V',
    ])
  })
})

describe('what is given as proof of a backup', () => {
  const proof = { evidence: undefined, manifest: undefined, isMadeByRun: false, hours: 24, budgetRows: 3 }
  const tableIds = [{ name: 't', id: '7' }]
  const place = {
    targetName: 'prod',
    host: 'db.EXAMPLE',
    port: 4000,
    database: 'shop',
    tableIds,
    readRows: async () => 3,
  }
  const now = Date.parse('2026-03-01T13:00:00Z')
  const hours = (count: number) => now + count * 3_600_000

  test.for<
    [string, object, { at?: 'beginning' | 'write'; now?: number; place?: object }, string | undefined]
  >([
    ['nothing', {}, {}, 'NO_BACKUP'],
    ['blank evidence', { evidence: ' ' }, {}, 'NO_BACKUP'],
    ['evidence', { evidence: 'snapshot 7' }, {}, undefined],
    ['a manifest', { manifest: 'good' }, {}, undefined],
    ['a manifest at its limit', { manifest: 'good' }, { now: hours(23) }, undefined],
    ['a manifest past it', { manifest: 'good' }, { now: hours(23.1) }, 'BACKUP_TOO_OLD'],
    ['a manifest of the day after tomorrow', { manifest: 'good' }, { now: hours(-48) }, 'BACKUP_TOO_OLD'],
    [
      'a manifest of another host',
      { manifest: 'good' },
      { place: { host: 'x' } },
      'BACKUP_OF_ANOTHER_DATABASE',
    ],
    [
      'a manifest of another port',
      { manifest: 'good' },
      { place: { port: 1 } },
      'BACKUP_OF_ANOTHER_DATABASE',
    ],
    [
      'a manifest of a cluster that stood there before',
      { manifest: 'good' },
      { place: { tableIds: [{ name: 'T', id: '8' }] } },
      'BACKUP_OF_ANOTHER_DATABASE',
    ],
    [
      'a manifest of a cluster that was set up alike and shares its first number',
      { manifest: 'good' },
      {
        place: {
          tableIds: [
            { name: 'T', id: '7' },
            { name: 'U', id: '9' },
          ],
        },
      },
      'BACKUP_OF_OTHER_TABLES',
    ],
    [
      'a manifest that is older than a table, in the middle of a run',
      { manifest: 'good' },
      {
        place: {
          tableIds: [
            { name: 'T', id: '7' },
            { name: 'U', id: '9' },
          ],
        },
        at: 'write',
      },
      undefined,
    ],
    [
      'a manifest that was made under another TARGET, at the same address',
      { manifest: 'good' },
      { place: { targetName: 'staging' } },
      'BACKUP_OF_ANOTHER_DATABASE',
    ],
    [
      'a manifest past its limit, in the middle of a run',
      { manifest: 'good' },
      { now: hours(30), at: 'write' },
      undefined,
    ],
    [
      'a manifest of another database',
      { manifest: 'good' },
      { place: { database: 'x' } },
      'BACKUP_OF_ANOTHER_DATABASE',
    ],
    ['evidence beside a bad manifest', { evidence: 'x', manifest: 'none' }, {}, 'BACKUP_UNREADABLE'],
    ['a manifest that the run will make', { manifest: 'none', isMadeByRun: true }, {}, undefined],
    [
      'a manifest that the run would make and not restore',
      { manifest: 'none', isMadeByRun: true },
      { place: { readRows: async () => 4 } },
      'BACKUP_NOT_RESTORED',
    ],
    [
      'a manifest of more rows, restored when it was made',
      { manifest: 'good', budgetRows: 0 },
      {},
      undefined,
    ],
    [
      'a manifest that the run did not make',
      { manifest: 'none', isMadeByRun: true },
      { at: 'write' },
      'BACKUP_UNREADABLE',
    ],
  ])('%s', async ([, given, where, code]) => {
    await writeBackup('good')
    const wanted = { ...proof, ...given }
    const manifest = wanted.manifest === undefined ? undefined : join(folder, String(wanted.manifest))
    const refusal = await backupRefusal(
      { ...wanted, manifest },
      { ...place, ...where.place },
      where.at ?? 'beginning',
      where.now ?? now,
    )
    expect(refusal?.code).toBe(code)
    if (code !== undefined) expect(refusal?.next).toMatch(/TARGET=|CHECK_BUDGET_ROWS=4/)
  })

  test('a manifest of a backup that was not restored is none, by whatever name', async () => {
    const dir = await writeBackup('unrestored', { restored: null })
    expect(() => readBackup(dir)).toThrow(/BACKUP_UNREADABLE: .* was not restored and compared/)
    expect(
      proveBackup({ dir, manifest: manifestOf([], { restored: null }) }, restored).manifest,
    ).toMatchObject({
      restored,
    })
    expect(readBackup(dir).manifest.restored).toEqual(restored)
  })

  test('the same size with other bytes: seen at the beginning, not at each write', async () => {
    const dir = await writeBackup('edited')
    writeFileSync(join(dir, 'Shop.T.000000000.sql'), 'ROWS')
    const given = { ...proof, manifest: dir }
    expect((await backupRefusal(given, place, 'beginning', now))?.code).toBe('BACKUP_DAMAGED')
    expect(await backupRefusal(given, place, 'write', now)).toBeUndefined()
  })

  test('a share that drops and a file that a desktop leaves stop no migration half-way', async () => {
    const dir = await writeBackup('dropped')
    const given = { ...proof, manifest: dir }
    writeFileSync(join(dir, '.DS_Store'), '')
    expect((await backupRefusal(given, place, 'beginning', now))?.code).toBe('BACKUP_DAMAGED')
    expect(await backupRefusal(given, place, 'write', now)).toBeUndefined()
    rmSync(dir, { recursive: true })
    expect((await backupRefusal(given, place, 'beginning', now))?.code).toBe('BACKUP_UNREADABLE')
    expect(await backupRefusal(given, place, 'write', now)).toBeUndefined()
    expect((await backupRefusal({ ...given, isMadeByRun: true }, place, 'write', now))?.code).toBe(
      'BACKUP_UNREADABLE',
    )
  })
})
