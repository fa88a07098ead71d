import { accessSync, constants, existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { HarnessError } from '../../errors/harness-error.ts'
import { buildEngine, cachedEnginePath, canBuildEngine, type Say } from './build.ts'

export interface EngineBinary {
  readonly path: string
  readonly source: 'TIDB_SERVER_BIN' | 'PATH' | 'cache' | 'build'
}

interface Wanted {
  readonly TIDB_SERVER_BIN?: string | undefined
  readonly ENGINE_CACHE?: string | undefined
}

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

const onThePath = (): string | undefined =>
  (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, 'tidb-server'))
    .find(isExecutable)

/**
 * Finds a tidb-server: TIDB_SERVER_BIN, the PATH, the cache, or a build from engine/, in this order.
 * Returns undefined when there is none and Go cannot build one. Throws ENGINE_BINARY_INVALID for a
 * TIDB_SERVER_BIN that cannot be run: a named binary is never replaced by another one in silence.
 */
export const findEngineBinary = async (wanted: Wanted, say: Say): Promise<EngineBinary | undefined> => {
  if (wanted.TIDB_SERVER_BIN !== undefined) {
    if (isExecutable(wanted.TIDB_SERVER_BIN))
      return { path: wanted.TIDB_SERVER_BIN, source: 'TIDB_SERVER_BIN' }
    throw new HarnessError('ENGINE_BINARY_INVALID', {
      what: `TIDB_SERVER_BIN=${wanted.TIDB_SERVER_BIN} is not a file that can be run.`,
      next: 'Correct it, or unset it and the engine is built from engine/.',
    })
  }
  const installed = onThePath()
  if (installed !== undefined) return { path: installed, source: 'PATH' }
  const cached = await cachedEnginePath(wanted.ENGINE_CACHE)
  if (existsSync(cached)) return { path: cached, source: 'cache' }
  if (!(await canBuildEngine())) return undefined
  return { path: await buildEngine(say, wanted.ENGINE_CACHE), source: 'build' }
}

/** The error for a machine on which no engine can be had; names every way to get one. */
export const noEngine = (): HarnessError =>
  new HarnessError('ENGINE_UNAVAILABLE', {
    what: 'There is no tidb-server here: not in TIDB_SERVER_BIN, not on the PATH, not in the cache.',
    why: 'No Go 1.23 or later to build one was found, and no Docker answers.',
    next: 'Install Go 1.23 or later, or set TIDB_SERVER_BIN=/path/to/tidb-server, or install Docker.',
  })
