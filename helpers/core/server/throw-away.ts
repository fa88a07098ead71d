import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { HarnessError } from '../errors/harness-error.ts'
import { type Endpoint, openRawWriteSession, openReadSession, type ServerAddress } from './session.ts'

const markerTable = '`migration_harness`.`throw_away`'

/** Proof that a server was started by this harness and may be written to as it likes. */
export interface ThrowAwayServer extends Endpoint {
  /** The token that the server itself must show before anything is written. */
  readonly token: string
}

/** Marks a server that the caller has just started, so that later connections can know it again. */
export const markThrowAway = async (address: ServerAddress): Promise<ThrowAwayServer> => {
  const token = randomUUID()
  await using session = await openRawWriteSession(address)
  await session.script(
    `CREATE DATABASE \`migration_harness\`; CREATE TABLE ${markerTable} (token VARCHAR(36) PRIMARY KEY)`,
  )
  await session.run(`INSERT INTO ${markerTable} VALUES (?)`, [token])
  // The embedded store collects no garbage and so lacks this row, without which tidb_snapshot is refused.
  await session.run(
    "INSERT IGNORE INTO mysql.tidb VALUES ('tikv_gc_safe_point', '20060102-15:04:05 +0000', 'by the harness')",
  )
  // It deletes rows that a test fixture or a restored backup must keep. The server keeps the setting with its data.
  await session.run('SET GLOBAL tidb_ttl_job_enable = OFF')
  return { address, token }
}

/** Takes the token away before the data of the server is kept: no copy of it may be taken for this server. */
export const unmarkThrowAway = async ({ address, token }: ThrowAwayServer): Promise<void> => {
  await using session = await openRawWriteSession(address)
  await session.run(`DELETE FROM ${markerTable} WHERE token = ?`, [token])
}

/**
 * Marks a server that the caller has just started on a copy of prepared data, with a token of its own. Throws
 * NOT_THROW_AWAY when the server that answers there runs on another folder, or has a token already.
 */
export const markCopy = async (address: ServerAddress, dataFolder: string): Promise<ThrowAwayServer> => {
  const server = { address, token: randomUUID() }
  await using session = await openRawWriteSession(address)
  await session.run(
    `INSERT INTO ${markerTable} SELECT ? FROM DUAL WHERE @@datadir = ? AND NOT EXISTS (SELECT * FROM ${markerTable})`,
    [server.token, dataFolder],
  )
  await assertThrowAway(server)
  return server
}

/** Throws NOT_THROW_AWAY unless the server itself shows the token. */
export const assertThrowAway = async (server: ThrowAwayServer): Promise<void> => {
  const { database: _, ...withoutDatabase } = server.address
  await using session = await openReadSession(withoutDatabase)
  const tokens = await session
    .rows(z.object({ token: z.string() }), `SELECT token FROM ${markerTable}`)
    .catch(() => [])
  if (tokens.some(({ token }) => token === server.token)) return
  throw new HarnessError('NOT_THROW_AWAY', {
    what: `The server at ${server.address.host}:${server.address.port} was not started by this harness.`,
    why: 'Only a server that carries the token of this run may be written to. Nothing was changed.',
    next: 'Use TARGET=embedded or TARGET=container for a rehearsal, and MODE=check for every other server.',
  })
}
