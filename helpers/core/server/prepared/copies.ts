import { existsSync, rmSync } from 'node:fs'
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { engineConfigFile } from '../embedded/engine.ts'

const copyPrefix = 'tidb-migration-harness-copy-'
const oldMs = 3_600_000
const folders = new Set<string>()

const removeAll = () => {
  for (const folder of folders) {
    try {
      rmSync(folder, { recursive: true, force: true })
    } catch {
      // A server that is being ended still writes there; the process in between removes the folder after it.
    }
  }
}

/** Makes a temporary folder for the data of one server. It is gone when this process ends, unless it is killed. */
export const makeCopyFolder = async (temporary = tmpdir()): Promise<string> => {
  const folder = await mkdtemp(join(temporary, copyPrefix))
  if (folders.size === 0) process.once('exit', removeAll)
  folders.add(folder)
  return folder
}

/** Takes away the copies that killed processes left: an hour old, and no server was started on them. */
export const dropOldCopies = async (temporary = tmpdir()): Promise<void> => {
  const names = await readdir(temporary)
  for (const folder of names
    .filter((name) => name.startsWith(copyPrefix))
    .map((name) => join(temporary, name))) {
    const { mtimeMs } = await stat(folder).catch(() => ({ mtimeMs: Date.now() }))
    // A server is started on a copy as soon as it is there, with this file; its data goes when the server ends.
    const isUsed = Date.now() - mtimeMs < oldMs || existsSync(join(folder, engineConfigFile))
    // The copies of another user are that user's.
    if (!isUsed) await rm(folder, { recursive: true, force: true }).catch(() => {})
  }
}
