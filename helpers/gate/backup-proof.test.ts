import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { writeBackup } from '../../drills/support/test-backup.ts'
import { unprovenRecord } from '../backup/manifest.ts'
import { backupRefusal } from './backup-proof.ts'

const folder = mkdtempSync(join(tmpdir(), 'harness-proof-'))
afterAll(() => rmSync(folder, { recursive: true }))

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
    await writeBackup(join(folder, 'good'))
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

  test('the same size with other bytes: seen at the beginning, not at each write', async () => {
    const dir = await writeBackup(join(folder, 'edited'))
    writeFileSync(join(dir, 'Shop.T.000000000.sql'), 'ROWS')
    const given = { ...proof, manifest: dir }
    expect((await backupRefusal(given, place, 'beginning', now))?.code).toBe('BACKUP_DAMAGED')
    expect(await backupRefusal(given, place, 'write', now)).toBeUndefined()
  })

  test('a share that drops and a file that a desktop leaves stop no migration half-way', async () => {
    const dir = await writeBackup(join(folder, 'dropped'))
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

  test('one that was edited, or not restored, is refused with the command that makes a new one', async () => {
    const dir = await writeBackup(join(folder, 'spoilt'))
    const manifest = readFileSync(join(dir, 'backup.json'), 'utf8')
    writeFileSync(join(dir, 'backup.json'), manifest.replace('"name": "prod"', '"name": "prud"'))
    const refusalOf = (file: string) => backupRefusal({ ...proof, manifest: file }, place, 'beginning', now)
    expect(await refusalOf(dir)).toMatchObject({
      code: 'BACKUP_EDITED',
      next: expect.stringMatching(/^TARGET=prod npm run backup {3}# then BACKUP_MANIFEST=/),
    })
    writeFileSync(join(dir, unprovenRecord.name), manifest)
    rmSync(join(dir, 'backup.json'))
    expect((await refusalOf(join(dir, unprovenRecord.name)))?.code).toBe('BACKUP_UNREADABLE')
    await writeBackup(join(folder, 'unrestored'), { restored: null })
    expect((await refusalOf(join(folder, 'unrestored')))?.code).toBe('BACKUP_UNREADABLE')
  })
})
