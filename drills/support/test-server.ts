import { randomUUID } from 'node:crypto'
import { inject } from 'vitest'
import type { ReadSession, ServerAddress, WriteSession } from '../../helpers/core/server/session.ts'
import type { ThrowAwayServer } from '../../helpers/core/server/throw-away.ts'
import { openWriteSession } from '../../helpers/core/server/write-session.ts'
import { quoteName } from '../../helpers/core/text/quote.ts'

interface TestDatabase extends AsyncDisposable {
  readonly address: ServerAddress
  readonly server: ThrowAwayServer
}

/** The server of this worker: its global variables, DDL queue and runner's lease belong to one test file at a time. */
export const testServer = (): ThrowAwayServer => {
  const server = inject('servers')[Number(process.env['VITEST_POOL_ID']) - 1]
  if (server === undefined) throw new Error(`no server for worker ${process.env['VITEST_POOL_ID']}`)
  return server
}

/** Creates an empty database of the caller's own, and drops it on disposal. */
export const withDatabase = async (prefix: string): Promise<TestDatabase> => {
  const { address, token } = testServer()
  const database = `${prefix}_${randomUUID().slice(0, 8)}`
  const administer = async (sql: string) => {
    await using session = await openWriteSession({ address, token })
    await session.run(sql)
  }
  await administer(`CREATE DATABASE ${quoteName(database)}`)
  const own = { ...address, database }
  return {
    address: own,
    server: { address: own, token },
    [Symbol.asyncDispose]: () => administer(`DROP DATABASE ${quoteName(database)}`),
  }
}

/** A reading session without the guard, for statements of a known length: SLEEP is refused to readers. */
export const unguarded = (session: WriteSession): ReadSession => ({
  ...session,
  rows: async (shape, sql, params) => [await session.ask(shape, sql, params)],
})
