import { mkdir } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { RunFolder } from '../../helpers/core/record/run-folder.ts'
import { makePass, passFileOf, type RehearsalPass, touchedSchema } from '../../helpers/gate/rehearsal-pass.ts'
import { readMigration } from '../../helpers/migrate/folder/migration.ts'
import { readLock } from '../../helpers/migrate/lock/lock.ts'

const lock = readLock(readMigration('v3'))

/** A pass as a green rehearsal of V3 writes it, or with changes that spoil it. */
export const passOf = (changes: Partial<RehearsalPass> = {}): RehearsalPass =>
  makePass({
    migration: 'v3',
    lockHash: lock.hash,
    releaseLine: '7.5',
    engine: '8.0.11-TiDB-v7.5.0',
    baseline: touchedSchema(lock, lock.baseline),
    except: [],
    checks: { passed: 1, skipped: 0 },
    scale: 'small',
    rehearsedAt: new Date().toISOString(),
    durationMs: 1,
    ...changes,
  })

/** Puts a pass where a rehearsal would, so that a drill need not rehearse. */
export const writeTestPass = async (reports: string, pass: unknown = passOf()): Promise<string> => {
  const file = passFileOf(reports, 'v3')
  await mkdir(dirname(file), { recursive: true })
  new RunFolder(dirname(file)).write(basename(file), pass)
  return file
}
