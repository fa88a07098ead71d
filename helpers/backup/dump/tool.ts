import { execa } from 'execa'
import { findOnPath } from '../../core/config/executable.ts'
import type { Settings } from '../../core/config/settings.ts'
import { HarnessError } from '../../core/errors/harness-error.ts'
import { type Binary, binaryOnPath, cachedOrBuilt, namedBinary } from '../../core/server/embedded/binary.ts'
import type { Say } from '../../core/server/embedded/build.ts'
import { dumplingCommand } from '../../core/server/embedded/command.ts'

/** A program that can make a backup. */
export interface BackupTool {
  readonly name: 'dumpling' | 'mysqldump'
  readonly path: string
  /** What it says of its own version. */
  readonly version: string
  /** True when it takes a password from its standard input or a file, never on its command line. */
  readonly hidesPassword: boolean
}

type ToolSettings = Pick<Settings, 'BACKUP_TOOL' | 'DUMPLING_BIN' | 'ENGINE_CACHE' | 'ENGINE_SRC'>

const outputOf = async (path: string, flag: string): Promise<string> => {
  const { all } = await execa(path, [flag], { all: true, reject: false, timeout: 10_000 })
  return all ?? ''
}

const describeDumpling = async ({ path }: Binary): Promise<BackupTool> => ({
  name: 'dumpling',
  path,
  version: /Release version:\s*(\S+)/.exec(await outputOf(path, '--version'))?.[1] ?? 'unknown',
  hidesPassword: (await outputOf(path, '--help')).includes('--password-stdin'),
})

const showsPassword = (path: string): HarnessError =>
  new HarnessError('DUMPLING_SHOWS_PASSWORD', {
    what: `DUMPLING_BIN=${path} takes a password on its command line only, where every user of the machine can read it.`,
    why: 'Nothing was sent.',
    next: 'Unset DUMPLING_BIN, and the one from engine/ is used, which takes it from its standard input; or set BACKUP_TOOL=mysqldump.',
  })

/**
 * Finds dumpling: DUMPLING_BIN, the PATH, the cache, or a build from engine/, in this order. Undefined when there is none
 * and Go cannot build one. Throws ENGINE_BINARY_INVALID, or DUMPLING_SHOWS_PASSWORD for a named one that would.
 */
export const findDumpling = async (
  wanted: Omit<ToolSettings, 'BACKUP_TOOL'>,
  say: Say,
  hasPassword = false,
): Promise<BackupTool | undefined> => {
  const isFit = ({ hidesPassword }: BackupTool) => hidesPassword || !hasPassword
  const named = namedBinary({ variable: 'DUMPLING_BIN', path: wanted.DUMPLING_BIN })
  if (named !== undefined) {
    const tool = await describeDumpling(named)
    if (!isFit(tool)) throw showsPassword(tool.path)
    return tool
  }
  const onPath = binaryOnPath(dumplingCommand)
  if (onPath !== undefined) {
    const tool = await describeDumpling(onPath)
    if (isFit(tool)) return tool
    say(`${tool.path} takes a password on its command line only, so the one from engine/ is used`)
  }
  const own = await cachedOrBuilt(dumplingCommand, wanted, say)
  return own === undefined ? undefined : describeDumpling(own)
}

/** mysqldump, or mariadb-dump, on the PATH. */
export const findMysqldump = async (): Promise<BackupTool | undefined> => {
  const path = findOnPath('mysqldump') ?? findOnPath('mariadb-dump')
  if (path === undefined) return undefined
  return { name: 'mysqldump', path, version: (await outputOf(path, '--version')).trim(), hidesPassword: true }
}

/** Finds the tool that the settings want, fit for an account with or without a password. Undefined when there is none. */
export const findBackupTool = (
  wanted: ToolSettings,
  say: Say,
  hasPassword: boolean,
): Promise<BackupTool | undefined> =>
  wanted.BACKUP_TOOL === 'mysqldump' ? findMysqldump() : findDumpling(wanted, say, hasPassword)

/** Why there is no tool, and how to get one. */
export const noBackupTool = ({ BACKUP_TOOL }: Pick<ToolSettings, 'BACKUP_TOOL'>): HarnessError =>
  new HarnessError('BACKUP_TOOL_UNAVAILABLE', {
    what:
      BACKUP_TOOL === 'mysqldump'
        ? 'There is no mysqldump on the PATH.'
        : 'There is no dumpling here: not in DUMPLING_BIN, not on the PATH, not in the cache, and no Go 1.23 or later to build one.',
    next:
      BACKUP_TOOL === 'mysqldump'
        ? 'Install it (on Debian: sudo .ci/mysql-client.sh), or unset BACKUP_TOOL.'
        : 'Install Go 1.23 or later, or set DUMPLING_BIN, or BACKUP_TOOL=mysqldump.',
  })
