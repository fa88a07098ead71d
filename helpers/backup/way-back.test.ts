import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { RunFolder } from '../core/record/run-folder.ts'
import { backupFiguresOf } from './figures.ts'
import { listFiles } from './files.ts'
import { type Backup, makeManifest, manifestRecord, readBackup } from './manifest.ts'
import { assertWayBack } from './way-back.ts'

let dir: string
let backup: Backup
const rowsFile = () => join(dir, 'Shop.T.000000000.sql')

const sign = async (): Promise<Backup> => {
  const manifest = makeManifest({
    target: { name: 'embedded', host: '127.0.0.1', port: 4000, version: 'v' },
    database: 'Shop',
    moment: { tso: '1', serverTime: '2026-03-01 12:00:00.000000' },
    tool: { name: 'dumpling', version: 'v7.5.0', flags: [], consistency: 'snapshot' },
    tables: [{ table: 'T', rows: 2, hash: '1-1' }],
    schema: { tables: [], views: [] },
    tableIds: [{ name: 'T', id: '7' }],
    files: await listFiles(dir),
    durationMs: 1,
    restored: { at: '2026-03-01T12:10:00.000Z', inMs: 1 },
  })
  manifestRecord.write(new RunFolder(dir), manifest)
  return readBackup(dir)
}

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'harness-way-back-'))
  writeFileSync(rowsFile(), 'rows')
  backup = await sign()
})
afterEach(() => rmSync(dir, { recursive: true }))

const proven = (differsFromBefore: string[] = []) => ({
  ...backupFiguresOf(backup.manifest),
  restoredInMs: 1,
  differsFromBefore,
})

describe('the way back by a backup that was restored in this run', () => {
  test('is there while its files are the same', async () => {
    await expect(assertWayBack(backup, proven())).resolves.toBeUndefined()
  })

  test('is not when nothing was restored, or the restore came to no end', async () => {
    await expect(assertWayBack(backup, undefined)).rejects.toThrow(/^BACKUP_NOT_RESTORED/)
    await expect(assertWayBack(backup, backupFiguresOf(backup.manifest))).rejects.toThrow(
      /^BACKUP_NOT_RESTORED/,
    )
  })

  test('is not when a file was edited since', async () => {
    writeFileSync(rowsFile(), 'rowz')
    await expect(assertWayBack(backup, proven())).rejects.toThrow(/BACKUP_DAMAGED[\s\S]*SHA-256/)
  })

  test('is not when the manifest was made to fit the edited file', async () => {
    const recorded = proven()
    writeFileSync(rowsFile(), 'rowz')
    await expect(assertWayBack(await sign(), recorded)).rejects.toThrow(/^BACKUP_EDITED/)
  })

  test('is not when it brought back something else than was there before the first step', async () => {
    await expect(assertWayBack(backup, proven(['T: 2 rows with other values']))).rejects.toThrow(
      /RESTORE_DIFFERENT: What was restored is not what was there before the first step:\n\s+T: 2 rows/,
    )
  })
})
