import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { z } from 'zod'
import { withWorkers } from '../core/async/workers.ts'
import { findOnPath } from '../core/config/executable.ts'
import { HarnessError, messageOf } from '../core/errors/harness-error.ts'
import type { WriteSession } from '../core/server/session.ts'
import type { ThrowAwayServer } from '../core/server/throw-away.ts'
import { openWriteSession } from '../core/server/write-session.ts'
import { quoteName } from '../core/text/quote.ts'
import { switchStatement } from '../migrate/folder/statements.ts'
import { dumplingOrder } from './dump/dump-files.ts'
import { bareEnvironment } from './dump/dump-job.ts'
import { mysqldumpFile } from './dump/mysqldump.ts'
import type { Backup } from './manifest.ts'

const failed = (file: string, cause: unknown): HarnessError =>
  new HarnessError('RESTORE_FAILED', {
    what: `${file} cannot be restored: ${messageOf(cause).slice(0, 1_000)}`,
    why: 'The backup does not bring back what it was made of.',
    next: 'Make a new backup. Where a row breaks a constraint (3819), the rows were bad already: see preflight.violations.',
    cause,
  })

const openLoader = async (server: ThrowAwayServer, database: string | undefined): Promise<WriteSession> => {
  const session = await openWriteSession({ ...server, sessionOptions: { charset: 'binary' } })
  // Not as the connection opens: there the name would lose what is not ASCII. As its bytes it goes through.
  if (database !== undefined)
    await session.script(`USE ${Buffer.from(quoteName(database)).toString('latin1')}`)
  // Every row that the other server holds must be taken here, whatever its mode was.
  await session.setSession('sql_mode', 'NO_AUTO_VALUE_ON_ZERO')
  await session.setSession('foreign_key_checks', 0)
  await session.setSession('allow_auto_random_explicit_insert', 1)
  return session
}

// The server parses a text of several statements by what it was told before the text came, not by what stands in it.
const namesOf = (text: string): string => /SET NAMES \w+/.exec(text.slice(0, 200))?.[0] ?? 'SET NAMES binary'

const loadFile = async (session: WriteSession, path: string): Promise<void> => {
  const text = await readFile(path, 'latin1')
  await session.script(namesOf(text))
  await session.script(text)
}

/** Feeds files to the server over several connections; the server is the one that parses them. */
const loadFiles = (
  open: () => Promise<WriteSession>,
  dir: string,
  files: readonly string[],
  connections: number,
): Promise<void> =>
  withWorkers(Math.min(connections, files.length), files, open, (name, session) =>
    loadFile(session, join(dir, name)).catch((cause: unknown) => {
      throw failed(name, cause)
    }),
  )

const restoreDumpling = async (server: ThrowAwayServer, { dir, manifest }: Backup, connections: number) => {
  const largestFirst = manifest.files.toSorted((a, b) => b.bytes - a.bytes).map(({ name }) => name)
  for (const { name, inDatabase, sideBySide } of dumplingOrder) {
    const open = () => openLoader(server, inDatabase ? manifest.database : undefined)
    const files = largestFirst.filter((file) => name.test(file))
    await loadFiles(open, dir, files, sideBySide ? connections : 1)
  }
}

const restoreMysqldump = async ({ address }: ThrowAwayServer, { dir }: Backup) => {
  const client = findOnPath('mysql') ?? findOnPath('mariadb')
  if (client === undefined) throw failed(mysqldumpFile, 'there is no mysql client on the PATH')
  const place = [`--host=${address.host}`, `--port=${address.port}`, `--user=${address.user}`]
  await execa(client, ['--no-defaults', ...place, '--binary-mode'], {
    inputFile: join(dir, mysqldumpFile),
    env: bareEnvironment(),
    extendEnv: false,
  }).catch((cause: unknown) => {
    throw failed(mysqldumpFile, cause)
  })
}

/**
 * Restores a backup into a throw-away server that does not have its database yet, with the CHECK switch ON: where it is
 * OFF the server drops every CHECK constraint of the dump and says success.
 * Throws NOT_THROW_AWAY, RESTORE_NOT_EMPTY, or RESTORE_FAILED with the file and what the server said.
 */
export const restoreBackup = async (
  server: ThrowAwayServer,
  backup: Backup,
  options: { connections: number },
): Promise<void> => {
  const { database, tool } = backup.manifest
  await using session = await openWriteSession(server)
  const there = await session.rows(
    z.unknown(),
    'SELECT 1 FROM information_schema.schemata WHERE LOWER(SCHEMA_NAME) = LOWER(?)',
    [database],
  )
  if (there.length > 0) {
    throw new HarnessError('RESTORE_NOT_EMPTY', {
      what: `The server at ${server.address.host}:${server.address.port} has a database ${database} already.`,
      why: 'A restore goes into an empty server of its own, never into a target. Nothing was changed.',
      next: 'Start another server for it: startScratchServer in helpers/backup/scratch-server.ts does.',
    })
  }
  await session.run(switchStatement(true))
  await (tool.name === 'dumpling'
    ? restoreDumpling(server, backup, options.connections)
    : restoreMysqldump(server, backup))
}
