import { randomUUID } from 'node:crypto'
import { lstat, readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { sum } from '../../text/numbers.ts'
import { defaultCache } from '../embedded/command.ts'
import { clearFreeLock, isLeased } from './lease.ts'
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

/** A folder in the cache that no server can be started on. */
export interface Leftover {
  readonly path: string
  /** What it takes on the disk. */
  readonly bytes: number
  readonly state: 'damaged' | 'half made' | 'being made'
}

/** Where prepared data directories are kept. */
export const preparedFolder = (cacheDir = defaultCache()): string => join(cacheDir, 'prepared')

/** A name beside an entry for what is not one yet, or no longer; never taken for one. */
export const asideOf = (entry: string): string => `${entry}.${randomUUID()}`

const entryOfAside = (name: string): string | undefined => /^(\w+)\.[0-9a-f-]{36}$/.exec(name)?.[1]
const isEntryName = (name: string): boolean => /^\w+$/.test(name)

const namesIn = (folder: string): Promise<string[]> => readdir(folder).catch(() => [])

/** Takes an entry away; in one go, so that nobody finds half of it. */
export const dropEntry = async (path: string): Promise<void> => {
  const aside = asideOf(path)
  await rename(path, aside).catch(() => {})
  await rm(aside, { recursive: true, force: true })
}

const readEntry = async (folder: string, key: string): Promise<CacheEntry | undefined> => {
  const path = join(folder, key)
  try {
    const manifest = await readPreparedManifest(path)
    const { mtimeMs: usedAt } = await stat(join(path, preparedManifestFile))
    return { path, key, bytes: sum(manifest.files.map(({ bytes }) => bytes)), usedAt, manifest }
  } catch {
    return undefined
  }
}

/** All entries that can be used, the last used first. */
export const listEntries = async (folder: string): Promise<CacheEntry[]> => {
  const names = (await namesIn(folder)).filter(isEntryName)
  const entries = await Promise.all(names.map((key) => readEntry(folder, key)))
  return entries.flatMap((entry) => entry ?? []).toSorted((a, b) => b.usedAt - a.usedAt)
}

// A file may be gone by now, and the store reserves much more than it fills.
const sizeOnDisk = async (folder: string): Promise<number> => {
  const found = await readdir(folder, { recursive: true }).catch((): string[] => [])
  const facts = await Promise.all(found.map((name) => lstat(join(folder, name)).catch(() => undefined)))
  return sum(facts.map((file) => (file?.blocks ?? 0) * 512))
}

/** What else takes room in the cache: entries whose manifest cannot be read, and what is no entry yet, or will never be. */
export const listLeftovers = async (folder: string): Promise<Leftover[]> => {
  const stateOf = async (name: string): Promise<Leftover['state'] | undefined> => {
    const entry = entryOfAside(name)
    if (entry !== undefined) return (await isLeased(join(folder, entry))) ? 'being made' : 'half made'
    return isEntryName(name) && (await readEntry(folder, name)) === undefined ? 'damaged' : undefined
  }
  const found = await Promise.all(
    (await namesIn(folder)).map(async (name): Promise<Leftover[]> => {
      const [path, state] = [join(folder, name), await stateOf(name)]
      return state === undefined ? [] : [{ path, state, bytes: await sizeOnDisk(path) }]
    }),
  )
  return found.flat()
}

/** Takes away the leftovers that nobody is making. Returns those that stay. */
const dropLeftovers = async (folder: string): Promise<Leftover[]> => {
  const leftovers = await listLeftovers(folder)
  const isBeingMade = ({ state }: Leftover) => state === 'being made'
  for (const { path } of leftovers.filter((item) => !isBeingMade(item)))
    await rm(path, { recursive: true, force: true })
  return leftovers.filter(isBeingMade)
}

/**
 * Takes away what killed processes left, damaged entries, and the entries used longest ago, until the rest fits. `keep`
 * stays.
 */
export const boundEntries = async (folder: string, maxBytes: number, keep: string): Promise<void> => {
  let total = sum((await dropLeftovers(folder)).map(({ bytes }) => bytes))
  const entries = await listEntries(folder)
  const isKept = ({ path }: CacheEntry) => basename(path) === basename(keep)
  for (const entry of [...entries.filter(isKept), ...entries.filter((item) => !isKept(item))]) {
    total += entry.bytes
    if (total > maxBytes && !isKept(entry)) await dropEntry(entry.path)
  }
}

/** Takes all away but what is being made: entries, leftovers and locks that nobody holds. Returns how many folders there were. */
export const clearEntries = async (folder: string): Promise<number> => {
  const before = (await namesIn(folder)).filter(
    (name) => isEntryName(name) || entryOfAside(name) !== undefined,
  )
  for (const name of before.filter(isEntryName)) await dropEntry(join(folder, name))
  const left = before.length === 0 ? [] : await dropLeftovers(folder)
  for (const name of await namesIn(folder))
    if (name.endsWith('.lock')) await clearFreeLock(join(folder, name.slice(0, -'.lock'.length)))
  return before.length - left.length
}
