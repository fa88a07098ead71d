import { randomUUID } from 'node:crypto'
import { readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { defaultCache } from '../embedded/command.ts'
import { type PreparedManifest, preparedManifestFile, readPreparedManifest } from './manifest.ts'

/** A prepared data directory in the cache. */
export interface CacheEntry {
  readonly path: string
  readonly key: string
  readonly bytes: number
  /** When a server was last started on a copy of it, in ms since 1970. */
  readonly usedAt: number
  readonly manifest: PreparedManifest
}

const leftoverMs = 3_600_000

/** Where prepared data directories are kept. */
export const preparedFolder = (cacheDir = defaultCache()): string => join(cacheDir, 'prepared')

/** A name beside an entry for what is not one yet, or no longer; never taken for one. */
export const asideOf = (entry: string): string => `${entry}.${randomUUID()}`

const isAside = (name: string): boolean => /^\w+\.[0-9a-f-]{36}$/.test(name)

/** Takes an entry away; in one go, so that nobody finds half of it. */
export const dropEntry = async (path: string): Promise<void> => {
  const aside = asideOf(path)
  await rename(path, aside).catch(() => {})
  await rm(aside, { recursive: true, force: true })
}

/** All entries, the last used first. Of a torn manifest, there is none. */
export const listEntries = async (folder: string): Promise<CacheEntry[]> => {
  const names = await readdir(folder).catch((): string[] => [])
  const entries: CacheEntry[] = []
  for (const key of names.filter((name) => /^\w+$/.test(name))) {
    const path = join(folder, key)
    const manifest = await readPreparedManifest(path).catch(() => undefined)
    if (manifest === undefined) continue
    const bytes = manifest.files.reduce((sum, file) => sum + file.bytes, 0)
    const used = await stat(join(path, preparedManifestFile)).catch(() => undefined)
    if (used !== undefined) entries.push({ path, key, bytes, usedAt: used.mtimeMs, manifest })
  }
  return entries.toSorted((a, b) => b.usedAt - a.usedAt)
}

const dropLeftovers = async (folder: string): Promise<void> => {
  for (const name of await readdir(folder)) {
    const path = join(folder, name)
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Date.now() }))
    if (isAside(name) && Date.now() - mtimeMs > leftoverMs) await rm(path, { recursive: true, force: true })
  }
}

/** Takes away what a killed process left, and the entries used longest ago, until the rest fits. `keep` stays. */
export const boundEntries = async (folder: string, maxBytes: number, keep: string): Promise<void> => {
  await dropLeftovers(folder)
  let total = 0
  const entries = await listEntries(folder)
  const isKept = ({ path }: CacheEntry) => basename(path) === basename(keep)
  for (const entry of [...entries.filter(isKept), ...entries.filter((item) => !isKept(item))]) {
    total += entry.bytes
    if (total > maxBytes && !isKept(entry)) await dropEntry(entry.path)
  }
}

/** Takes all entries away, the damaged ones too, but nothing that is being made. Returns how many there were. */
export const clearEntries = async (folder: string): Promise<number> => {
  const names = await readdir(folder).catch((): string[] => [])
  const entries = names.filter((name) => /^\w+$/.test(name))
  for (const name of entries) await dropEntry(join(folder, name))
  if (names.length > 0) await dropLeftovers(folder)
  return entries.length
}
