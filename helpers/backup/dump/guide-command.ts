import { existsSync } from 'node:fs'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { z } from 'zod'
import { findOnPath } from '../../core/config/executable.ts'
import type { Claim } from '../../core/record/claim.ts'
import type { ServerAddress } from '../../core/server/session.ts'
import type { ThrowAwayServer } from '../../core/server/throw-away.ts'
import { openWriteSession } from '../../core/server/write-session.ts'
import { quoteName } from '../../core/text/quote.ts'
import { bareEnvironment } from './dump-job.ts'

/** The programs of the guide's own command for a backup, and of its restore. */
export interface GuideTools {
  readonly mysqldump: string
  readonly mysql: string
}

/** Finds both on the PATH; undefined when one is not there. */
export const findGuideTools = (): GuideTools | undefined => {
  const mysqldump = findOnPath('mysqldump') ?? findOnPath('mariadb-dump')
  const mysql = findOnPath('mysql') ?? findOnPath('mariadb')
  return mysqldump === undefined || mysql === undefined ? undefined : { mysqldump, mysql }
}

/** How much of a database there is. */
export interface Extent {
  readonly tables: number
  readonly rows: number
  readonly views: number
}

export interface GuideBackup extends Extent {
  readonly exitCode: number
  readonly bytes: number
  readonly said: string
}

const addressOptions = ({ host, port, user }: ServerAddress): string[] => [
  '-h',
  host,
  '-P',
  `${port}`,
  '-u',
  user,
]
const restoredDatabase = 'guide_restore'

const extentOf = async (server: ThrowAwayServer): Promise<Extent> => {
  await using session = await openWriteSession(server, restoredDatabase)
  const listed = await session.rows(
    z.object({ name: z.string(), type: z.string() }),
    'SELECT TABLE_NAME AS name, TABLE_TYPE AS type FROM information_schema.tables WHERE TABLE_SCHEMA = ?',
    [restoredDatabase],
  )
  const tables = listed.filter(({ type }) => type === 'BASE TABLE')
  let rows = 0
  for (const { name } of tables) {
    const counted = await session.row(
      z.object({ n: z.number() }),
      `SELECT COUNT(*) AS n FROM ${quoteName(name)}`,
    )
    rows += counted.n
  }
  return { tables: tables.length, rows, views: listed.filter(({ type }) => type === 'VIEW').length }
}

/**
 * Runs the guide's command as the guide says, and restores what it wrote into a database of its own on a scratch server.
 * Password and TLS are left out: a throw-away server has neither. Returns what came back.
 */
export const runGuideCommand = async (
  { mysqldump, mysql }: GuideTools,
  source: ServerAddress,
  options: readonly string[],
  scratch: ThrowAwayServer,
): Promise<GuideBackup> => {
  const dir = await mkdtemp(join(tmpdir(), 'tidb-migration-harness-guide-'))
  const file = join(dir, 'backup.sql')
  const asGiven = { env: bareEnvironment(), extendEnv: false, reject: false } as const
  try {
    const dump = await execa(
      mysqldump,
      ['--no-defaults', ...addressOptions(source), ...options, source.database ?? ''],
      {
        ...asGiven,
        stdout: { file },
      },
    )
    {
      await using admin = await openWriteSession(scratch)
      await admin.run(`DROP DATABASE IF EXISTS ${restoredDatabase}`)
      await admin.run(`CREATE DATABASE ${restoredDatabase}`)
    }
    const restore = await execa(
      mysql,
      ['--no-defaults', ...addressOptions(scratch.address), restoredDatabase],
      {
        ...asGiven,
        inputFile: file,
      },
    )
    const bytes = existsSync(file) ? (await stat(file)).size : 0
    const said = [dump.stderr, restore.stderr].filter((text) => text !== '').join('; ')
    return { exitCode: dump.exitCode ?? 1, bytes, said, ...(await extentOf(scratch)) }
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

/** What the claim that this command backs the database up is worth: held when all of it came back. */
export const judgeGuideBackup = (
  claim: string,
  whole: Extent,
  found: GuideBackup,
): Omit<Claim, 'section'> => {
  const isWhole =
    found.exitCode === 0 &&
    found.tables === whole.tables &&
    found.rows === whole.rows &&
    found.views === whole.views
  const said = found.said === '' ? '' : `; it says: ${found.said}`
  return {
    claim,
    verdict: isWhole ? 'held' : 'refuted',
    measured: `exit code ${found.exitCode}, a file of ${found.bytes.toLocaleString('en')} bytes; restored, it has ${found.tables} of ${whole.tables} tables, ${found.rows.toLocaleString('en')} of ${whole.rows.toLocaleString('en')} rows and ${found.views} of ${whole.views} views${said}`,
  }
}
