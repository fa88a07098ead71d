import { statfsSync } from 'node:fs'
import { HarnessError } from '../../core/errors/harness-error.ts'
import type { Moment } from '../../core/server/moment.ts'
import type { ServerAddress } from '../../core/server/session.ts'
import type { BackupTool } from './tool.ts'

/** One dump to be made: by which tool, of what, of which instant, into which empty folder. */
export interface DumpJob {
  readonly tool: BackupTool
  /** With the database. */
  readonly address: ServerAddress
  readonly moment: Moment
  readonly dir: string
  readonly connections: number
}

/** What a tool was told, without the address and the account. */
export interface Dumped {
  readonly flags: readonly string[]
  readonly consistency: 'snapshot' | 'none'
}

/** Only what a program needs to run: the environment may hold the password of the target. */
export const bareEnvironment = (): Record<string, string> => ({ PATH: process.env['PATH'] ?? '' })

// Where the disk is full, dumpling may speak of a closed connection only.
const isDiskFull = (dir: string): boolean => {
  const { bavail, bsize } = statfsSync(dir)
  return bavail * bsize < 1_000_000
}

/** The error of a tool that did not come to its end. */
export const dumpFailed = ({ tool, address, dir }: DumpJob, how: string, said: string): HarnessError =>
  new HarnessError('DUMP_FAILED', {
    what: `${tool.name} ${how} while it read ${address.database}: ${said.trim() || 'no word of why'}${isDiskFull(dir) ? `; the disk of ${dir} is full` : ''}`,
    why: 'What it wrote is no backup, and was removed.',
    next: 'Make what it says right (room on the disk, the grants in sql/grants.sql, tidb_gc_life_time), then make the backup again.',
  })
