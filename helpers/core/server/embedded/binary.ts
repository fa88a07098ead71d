import { existsSync } from 'node:fs'
import { findOnPath, isExecutable } from '../../config/executable.ts'
import { HarnessError } from '../../errors/harness-error.ts'
import { buildCommand, canBuild, type Say } from './build.ts'
import { cachedPath, type EngineCommand, type Places, serverCommand } from './command.ts'

export interface Binary {
  readonly path: string
  /** The variable that names it, or where it was found. */
  readonly source: 'TIDB_SERVER_BIN' | 'DUMPLING_BIN' | 'PATH' | 'cache' | 'build'
}

interface NamedBinary {
  readonly variable: 'TIDB_SERVER_BIN' | 'DUMPLING_BIN'
  /** The variable's value. */
  readonly path: string | undefined
}

/** The binary that a variable names. Throws ENGINE_BINARY_INVALID when it cannot be run: it is never replaced in silence. */
export const namedBinary = ({ variable, path }: NamedBinary): Binary | undefined => {
  if (path === undefined) return undefined
  if (isExecutable(path)) return { path, source: variable }
  throw new HarnessError('ENGINE_BINARY_INVALID', {
    what: `${variable}=${path} is not a file that can be run.`,
    next: 'Correct it, or unset it, and one is built from engine/.',
  })
}

/** The binary on the PATH, or undefined. */
export const binaryOnPath = ({ name }: EngineCommand): Binary | undefined => {
  const path = findOnPath(name)
  return path === undefined ? undefined : { path, source: 'PATH' }
}

/** The binary in the cache, or one built from engine/. Undefined when there is none and Go cannot build one. */
export const cachedOrBuilt = async (
  command: EngineCommand,
  places: Places,
  say: Say,
): Promise<Binary | undefined> => {
  const cached = await cachedPath(command, places)
  if (existsSync(cached)) return { path: cached, source: 'cache' }
  if (!(await canBuild(places))) return undefined
  return { path: await buildCommand(command, say, places), source: 'build' }
}

interface EngineSettings extends Places {
  readonly TIDB_SERVER_BIN?: string | undefined
}

/**
 * Finds a tidb-server: TIDB_SERVER_BIN, the PATH, the cache, or a build from engine/, in this order.
 * Returns undefined when there is none and Go cannot build one. Throws ENGINE_BINARY_INVALID.
 */
export const findEngineBinary = async (wanted: EngineSettings, say: Say): Promise<Binary | undefined> =>
  namedBinary({ variable: 'TIDB_SERVER_BIN', path: wanted.TIDB_SERVER_BIN }) ??
  binaryOnPath(serverCommand) ??
  (await cachedOrBuilt(serverCommand, wanted, say))

/** The error for a machine on which no engine can be had; names every way to get one. */
export const noEngine = (): HarnessError =>
  new HarnessError('ENGINE_UNAVAILABLE', {
    what: 'There is no tidb-server here: not in TIDB_SERVER_BIN, not on the PATH, not in the cache.',
    why: 'No Go 1.23 or later to build one was found, and no Docker answers.',
    next: 'Install Go 1.23 or later, or set TIDB_SERVER_BIN=/path/to/tidb-server, or install Docker.',
  })
