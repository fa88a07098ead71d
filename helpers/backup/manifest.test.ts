import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { manifestOf, restored, writeBackup } from '../../drills/support/test-backup.ts'
import { findOmissions } from './dump/dump-files.ts'
import { manifestRecord, proveBackup, readBackup } from './manifest.ts'

const folder = mkdtempSync(join(tmpdir(), 'harness-manifest-'))
afterAll(() => rmSync(folder, { recursive: true }))

const file = (name: string) => ({ name, bytes: 1, sha256: '' })

describe('a manifest', () => {
  test('is read from its file and from its folder, with sums over what was given', async () => {
    const dir = await writeBackup(join(folder, 'read'))
    expect(readBackup(join(dir, manifestRecord.name))).toEqual(readBackup(dir))
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

  test('a manifest of a backup that was not restored is none, by whatever name', async () => {
    const dir = await writeBackup(join(folder, 'unrestored'), { restored: null })
    expect(() => readBackup(dir)).toThrow(/BACKUP_UNREADABLE: .* was not restored and compared/)
    expect(
      proveBackup({ dir, manifest: manifestOf([], { restored: null }) }, restored).manifest,
    ).toMatchObject({
      restored,
    })
    expect(readBackup(dir).manifest.restored).toEqual(restored)
  })
})
