import { existsSync } from 'node:fs'
import {
  constants,
  cp,
  mkdir,
  open,
  readdir,
  rename,
  rm,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { join } from 'node:path'
import type { z } from 'zod'
import { messageOf } from '../../errors/harness-error.ts'
import type { Say } from '../embedded/build.ts'
import { makeCopyFolder } from './copies.ts'
import { asideOf, dropEntry } from './entries.ts'
import {
  cacheKeyOf,
  dataDamageOf,
  factsOf,
  manifestText,
  type PreparedManifest,
  preparedManifestFile,
  readPreparedManifest,
} from './manifest.ts'

const blockBytes = 1 << 20

/** Copies a data directory, by reference where the file system can. */
export const copyFolder = (from: string, to: string): Promise<void> =>
  cp(from, to, { recursive: true, mode: constants.COPYFILE_FICLONE })

/** Cuts the zeros at the end of a file off, but for what fills its last MiB. */
const cutEmptyEnd = async (path: string): Promise<void> => {
  await using file = await open(path, 'r')
  const { size } = await file.stat()
  const block = Buffer.alloc(blockBytes)
  const zeros = Buffer.alloc(blockBytes)
  let end = Math.ceil(size / blockBytes) * blockBytes
  for (; end > 0; end -= blockBytes) {
    const { bytesRead } = await file.read(block, 0, blockBytes, end - blockBytes)
    if (!block.subarray(0, bytesRead).equals(zeros.subarray(0, bytesRead))) break
  }
  // One block more: the last record may itself end with zeros.
  if (end + blockBytes < size) await truncate(path, end + blockBytes)
}

// The embedded store reserves 256 MB for its log, and takes the end of the file for the end of the log.
const cutLogs = async (data: string): Promise<void> => {
  for (const name of await readdir(data, { recursive: true }))
    if (name.endsWith('.vlog')) await cutEmptyEnd(join(data, name))
}

/**
 * Keeps a copy of the data directory of a stopped server as an entry. It gets its name when it is complete, so that whatever
 * ends the process before leaves nothing that is taken for one. Returns its bytes; more than `maxBytes` are not kept.
 */
export const keepEntry = async (
  path: string,
  data: string,
  facts: Omit<PreparedManifest, 'files'>,
  maxBytes: number,
): Promise<number> => {
  const aside = asideOf(path)
  try {
    await mkdir(aside, { recursive: true })
    await copyFolder(data, join(aside, 'data'))
    await cutLogs(join(aside, 'data'))
    const manifest: PreparedManifest = { ...facts, files: await factsOf(join(aside, 'data')) }
    const bytes = manifest.files.reduce((sum, file) => sum + file.bytes, 0)
    if (bytes > maxBytes) return bytes
    await writeFile(join(aside, preparedManifestFile), manifestText(manifest))
    await dropEntry(path)
    await rename(aside, path)
    return bytes
  } finally {
    await rm(aside, { recursive: true, force: true })
  }
}

const readOwn = async (path: string): Promise<PreparedManifest> => {
  const manifest = await readPreparedManifest(path)
  if (!path.endsWith(cacheKeyOf(manifest.inputs))) throw new Error('its manifest is of another entry')
  return manifest
}

// No fault of the entry.
const isDiskFull = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT')

/** A private copy of an entry. */
export interface Copy {
  readonly dataDir: string
  readonly manifest: PreparedManifest
}

/**
 * Copies an entry into a new temporary folder, and proves that the copy is what the manifest says: the entry may be torn,
 * or taken away at the same time. `figures` is what its figures must be. Returns undefined where there is none; one that is
 * damaged is dropped, and `say` told.
 */
export const copyEntry = async (path: string, figures: z.ZodType, say: Say): Promise<Copy | undefined> => {
  if (!existsSync(path)) return undefined
  const dataDir = await makeCopyFolder()
  try {
    const manifest = await readOwn(path)
    if (!figures.safeParse(manifest.figures).success) throw new Error('its figures are of another shape')
    await copyFolder(join(path, 'data'), join(dataDir, 'data'))
    const damage = await dataDamageOf(join(dataDir, 'data'), manifest.files)
    if (damage !== undefined) throw new Error(damage)
    const now = new Date()
    await utimes(join(path, preparedManifestFile), now, now).catch(() => {})
    return { dataDir, manifest }
  } catch (error) {
    if (isDiskFull(error)) throw error
    say(`the prepared server ${path} is damaged (${messageOf(error).split('\n')[0]}); it is dropped`)
    await rm(dataDir, { recursive: true, force: true })
    await dropEntry(path)
    return undefined
  }
}
