import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { listFiles } from '../../helpers/backup/files.ts'
import { type BackupFile, makeManifest, manifestRecord } from '../../helpers/backup/manifest.ts'
import { RunFolder } from '../../helpers/core/record/run-folder.ts'

/** UTC. */
const serverTime = '2026-03-01 12:00:00.000000'
export const restored = { at: '2026-03-01T12:10:00.000Z', inMs: 1 }

/** The manifest of a backup of Shop at Db.example:4000, with changes. */
export const manifestOf = (files: BackupFile[], changes: object = {}) =>
  makeManifest({
    target: { name: 'prod', host: 'Db.example', port: 4000, version: 'v' },
    database: 'Shop',
    moment: { tso: '1', serverTime },
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

/** Puts a backup of one file into a folder, as the suite leaves it. */
export const writeBackup = async (dir: string, changes: object = {}): Promise<string> => {
  const run = new RunFolder(dir)
  rmSync(run.dir, { recursive: true, force: true })
  mkdirSync(run.dir)
  writeFileSync(run.path('Shop.T.000000000.sql'), 'rows')
  manifestRecord.write(run, manifestOf(await listFiles(run.dir), changes))
  return run.dir
}
