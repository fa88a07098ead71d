import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { inProject } from '../../config/project.ts'
import { HarnessError } from '../../errors/harness-error.ts'

const ownModule = inProject('engine')
export const goEnvironment = {
  CGO_ENABLED: '0',
  GOFLAGS: '-mod=readonly -trimpath -buildvcs=false',
  GOWORK: 'off',
}
const releaseVersion = 'v7.5.0'

/** A Go command that is built from engine/ and kept in the cache. */
export interface EngineCommand {
  readonly name: 'tidb-server' | 'dumpling'
  readonly package: string
  /** Files of engine/ that it is built from; another text is another binary. */
  readonly sources: readonly string[]
  readonly linkerFlags: string
  /** The start of its folder's name in the cache. */
  readonly folder: string
  /** What the build says of itself: what it is and how long it takes. */
  readonly about: string
}

const linkerFlags = (versionVariable: string) =>
  ['-checklinkname=0', '-s', '-w', `-X github.com/pingcap/tidb/${versionVariable}=${releaseVersion}`].join(
    ' ',
  )

export const serverCommand: EngineCommand = {
  name: 'tidb-server',
  package: 'github.com/pingcap/tidb/cmd/tidb-server',
  sources: ['go.mod', 'go.sum', 'commands.go'],
  linkerFlags: linkerFlags('pkg/parser/mysql.TiDBReleaseVersion'),
  folder: 'engine',
  about: 'the engine once: TiDB v7.5.0 from engine/, about 4 minutes on 2 cores',
}

export const dumplingCommand: EngineCommand = {
  name: 'dumpling',
  package: 'migration-harness/engine/dumpling',
  sources: ['go.mod', 'go.sum', 'dumpling/main.go'],
  linkerFlags: linkerFlags('dumpling/cli.ReleaseVersion'),
  folder: 'dumpling',
  about: 'dumpling once: v7.5.0 from engine/, some seconds where the engine was built before',
}

/** Where all that the harness makes once is kept, unless ENGINE_CACHE says otherwise. */
export const defaultCache = (): string =>
  join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'tidb-migration-harness')

/** Where commands are built from, and where they are kept; each has a default. */
export interface Places {
  readonly ENGINE_SRC?: string | undefined
  readonly ENGINE_CACHE?: string | undefined
}

/** The folder of the Go module that commands are built from. */
export const moduleDirOf = ({ ENGINE_SRC }: Places): string =>
  ENGINE_SRC === undefined ? ownModule : resolve(ENGINE_SRC)

const noSource = ({ ENGINE_SRC }: Places, moduleDir: string, file: string, cause: unknown): HarnessError =>
  new HarnessError('CONFIG_INVALID', {
    what: `ENGINE_SRC=${ENGINE_SRC ?? moduleDir} cannot be used: ${existsSync(moduleDir) ? `${file} is missing in it` : 'it does not exist'}.`,
    next: 'Make ENGINE_SRC a folder with the files of engine/, or leave it out for engine/ of the suite.',
    cause,
  })

/**
 * Where the binary of this version and these flags is, or will be. Changes with its sources and the flags. Throws
 * CONFIG_INVALID when ENGINE_SRC lacks a source.
 */
export const cachedPath = async (command: EngineCommand, places: Places): Promise<string> => {
  const moduleDir = moduleDirOf(places)
  const cacheDir = places.ENGINE_CACHE ?? defaultCache()
  const hash = createHash('sha256')
  for (const file of command.sources) {
    const source = await readFile(join(moduleDir, file)).catch((cause: unknown) => {
      throw noSource(places, moduleDir, file, cause)
    })
    hash.update(source)
  }
  const { linkerFlags, package: built } = command
  hash.update(JSON.stringify([linkerFlags, goEnvironment, built, process.platform, process.arch]))
  return join(cacheDir, `${command.folder}-${hash.digest('hex').slice(0, 16)}`, command.name)
}
