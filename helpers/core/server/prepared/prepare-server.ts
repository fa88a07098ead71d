import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf } from '../../errors/harness-error.ts'
import { type Binary, findEngineBinary } from '../embedded/binary.ts'
import type { Say } from '../embedded/build.ts'
import { startEngine } from '../embedded/engine.ts'
import { unmarkThrowAway } from '../throw-away.ts'
import { dropOldCopies, makeCopyFolder } from './copies.ts'
import { boundEntries, dropEntry, preparedFolder } from './entries.ts'
import { copyEntry, copyFolder, keepEntry } from './keep.ts'
import { leaseEntry } from './lease.ts'
import { cacheKeyOf } from './manifest.ts'
import { figuresKey, type Preparation, serverInputs } from './preparation.ts'
import { tornTables } from './torn-tables.ts'

const bytesInGb = 1_000_000_000
const defaultGb = 4

export interface CacheSettings {
  readonly TIDB_SERVER_BIN?: string | undefined
  readonly ENGINE_CACHE?: string | undefined
  /** The most that prepared data may take, in GB; 0 keeps none. */
  readonly PREPARED_GB?: number | undefined
}

/** A data directory that a server can be started on; nobody else uses it. */
export interface PreparedServer {
  readonly dataDir: string
  readonly figures: unknown
  /** When it was prepared, as an ISO time; undefined when it was just now. */
  readonly preparedAt: string | undefined
  /** Takes it out of the cache, because no server starts on it. */
  drop(): Promise<void>
}

const fresh = async (binary: Binary, preparation: Preparation) => {
  const engine = await startEngine({ binary: binary.path, keepData: 'when stopped cleanly' })
  try {
    const figures = await preparation.fill(engine)
    await unmarkThrowAway(engine)
    return { figures, dataDir: (await engine.stopCleanly()) ? engine.dataDir : undefined }
  } catch (error) {
    await engine.stop()
    throw error
  }
}

/** Its data without its logs, in a folder of its own. */
const moveData = async (from: string): Promise<string> => {
  const dataDir = await makeCopyFolder()
  await rename(join(from, 'data'), join(dataDir, 'data'))
  await rm(from, { recursive: true, force: true })
  return dataDir
}

/** What the end of the server tore, seen on a copy: a second end could tear the data itself. */
const tornIn = async (binary: Binary, data: string): Promise<string[]> => {
  const dataDir = await makeCopyFolder()
  await copyFolder(data, join(dataDir, 'data'))
  await using engine = await startEngine({ binary: binary.path, dataDir, isCopy: true })
  return await tornTables(engine.address)
}

const gb = (bytes: number): string => `${(bytes / bytesInGb).toFixed(2)} GB`

interface PreparedPlace {
  readonly path: string
  readonly folder: string
  readonly inputs: Readonly<Record<string, string>>
  readonly maxBytes: number
}

const prepareAndKeep = async (
  binary: Binary,
  preparation: Preparation,
  { path, folder, inputs, maxBytes }: PreparedPlace,
  say: Say,
): Promise<PreparedServer | undefined> => {
  const { about } = preparation
  const started = performance.now()
  const { figures, dataDir: stopped } = await fresh(binary, preparation)
  if (stopped === undefined) {
    say(`the server did not end by itself, so ${about} is not kept`)
    return undefined
  }
  const dataDir = await moveData(stopped)
  const durationMs = Math.round(performance.now() - started)
  const facts = { about, inputs, preparedAt: new Date().toISOString(), durationMs, figures }
  try {
    // Before it is kept: from then on others start on it.
    const torn = await tornIn(binary, join(dataDir, 'data'))
    if (torn.length > 0) {
      say(`the server lost a part of ${torn.join(', ')} when it ended, so ${about} is not kept`)
      await rm(dataDir, { recursive: true, force: true })
      return undefined
    }
    const bytes = await keepEntry(path, join(dataDir, 'data'), facts, maxBytes)
    if (bytes > maxBytes) say(`${about} takes ${gb(bytes)}, more than PREPARED_GB: it is not kept`)
    await boundEntries(folder, maxBytes, path)
  } catch (error) {
    say(`${about} could not be kept for the next time: ${messageOf(error)}`)
  }
  return { dataDir, figures, preparedAt: undefined, drop: () => dropEntry(path) }
}

/**
 * Returns a data directory with this preparation: a copy from the cache, or one that is prepared now and kept there. Two
 * callers at once prepare it once. Returns undefined where nothing can or may be kept, and there is nothing but to start
 * a server and fill it. Throws what the start or the filling throws, and ENGINE_BINARY_INVALID.
 */
export const prepareServer = async (
  settings: CacheSettings,
  preparation: Preparation,
  say: Say,
): Promise<PreparedServer | undefined> => {
  const maxBytes = (settings.PREPARED_GB ?? defaultGb) * bytesInGb
  const binary = maxBytes === 0 ? undefined : await findEngineBinary(settings, say)
  if (binary === undefined) return undefined
  await dropOldCopies()
  const inputs = { ...(await serverInputs(binary)), ...preparation.inputs, figures: figuresKey(preparation) }
  const folder = preparedFolder(settings.ENGINE_CACHE)
  const path = join(folder, cacheKeyOf(inputs))
  const copied = async (): Promise<PreparedServer | undefined> => {
    const copy = await copyEntry(path, preparation.figures, say)
    if (copy === undefined) return undefined
    const { figures, preparedAt } = copy.manifest
    return { dataDir: copy.dataDir, figures, preparedAt, drop: () => dropEntry(path) }
  }
  const found = await copied()
  if (found !== undefined) return found
  let release: () => Promise<void>
  try {
    await mkdir(folder, { recursive: true })
    release = await leaseEntry(path, preparation.about, say)
  } catch (error) {
    say(`nothing can be kept in ${folder}: ${messageOf(error)}`)
    return undefined
  }
  try {
    return (
      (await copied()) ?? (await prepareAndKeep(binary, preparation, { path, folder, inputs, maxBytes }, say))
    )
  } finally {
    await release().catch(() => {})
  }
}
