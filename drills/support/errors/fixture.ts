import { randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import { z } from 'zod'
import { adviceFor, adviceForThrown } from '../../../helpers/core/errors/advice.ts'
import type { ErrorEntry, Names, Remedy } from '../../../helpers/core/errors/catalogue/entry.ts'
import { messageOf } from '../../../helpers/core/errors/harness-error.ts'
import { errorCode } from '../../../helpers/core/errors/server-error.ts'
import type { Engine } from '../../../helpers/core/server/embedded/engine.ts'
import {
  openRawWriteSession,
  type ServerAddress,
  type ServerWarning,
  type SessionOptions,
  type WriteSession,
} from '../../../helpers/core/server/session.ts'
import { openWriteSession } from '../../../helpers/core/server/write-session.ts'
import { quoteName } from '../../../helpers/core/text/quote.ts'

/** One connection of a case. What the server accepts on it counts as tried out. */
export interface Client {
  readonly session: WriteSession
  run(...statements: string[]): Promise<ServerWarning[]>
  rows(sql: string): Promise<Record<string, unknown>[]>
}

/** What a case has to bring the server to an error and out of it again. */
export interface Stage extends Client {
  readonly engine: Engine
  /** TLS files of the engine; `ca` is the text of its certificate, which is its own authority. */
  readonly tls: { readonly cert: string; readonly key: string; readonly ca: string }
  readonly folder: string
  /** The case's own database, as the administrator. */
  readonly address: ServerAddress
  readonly database: string
  connect(address?: Partial<ServerAddress>, options?: SessionOptions): Promise<Client>
  /** A new account with these grants, `DB` standing for the database; its name. */
  account(...grants: string[]): Promise<string>
  /** Asserts that the attempt ends in the error of this entry; returns the remedy, filled. */
  fails(attempt: Promise<unknown>, known?: Partial<Names>): Promise<readonly Remedy[]>
  /** The same for a warning. */
  warns(warnings: readonly ServerWarning[], known?: Partial<Names>): readonly Remedy[]
  cleanUp(free: () => Promise<unknown>): void
}

export type Case = (stage: Stage) => Promise<void>

export const password = 'p'

/** The statement of one line of a remedy. */
export const sqlOf = (remedy: readonly Remedy[], at: number): string => remedy[at]?.sql ?? ''

const anyRow = z.record(z.string(), z.unknown())
const withoutEnd = (sql: string) => sql.replace(/;$/, '')

/** Runs a case in a database of its own. Fails unless its error came, and the server took every SQL of the remedy. */
export const runCase = async (
  entry: ErrorEntry,
  produce: Case,
  server: Pick<Stage, 'engine' | 'tls' | 'folder'>,
): Promise<void> => {
  await using resources = new AsyncDisposableStack()
  const accepted = new Set<string>()
  const wanted = new Set<string>()
  let seen = 0
  const clientOf = (session: WriteSession): Client => ({
    session,
    run: async (...statements) => {
      const warnings: ServerWarning[] = []
      for (const statement of statements) {
        warnings.push(...(await session.run(withoutEnd(statement))).warnings)
        accepted.add(statement)
      }
      return warnings
    },
    rows: async (sql) => {
      const found = await session.rows(anyRow, withoutEnd(sql))
      accepted.add(sql)
      return found
    },
  })
  const database = `errors_${randomUUID().slice(0, 8)}`
  const administrator = resources.use(await openWriteSession(server.engine))
  await administrator.run(`CREATE DATABASE ${quoteName(database)}`)
  resources.defer(async () => {
    await administrator.run(`DROP DATABASE IF EXISTS ${quoteName(database)}`)
  })
  const address = { ...server.engine.address, database }
  const own = resources.use(await openRawWriteSession(address))
  const note = (advice: ReturnType<typeof adviceFor>): readonly Remedy[] => {
    expect(advice?.id).toBe(entry.id)
    seen++
    for (const { sql } of advice?.remedy ?? []) if (sql !== undefined) wanted.add(sql)
    return advice?.remedy ?? []
  }
  await produce({
    ...server,
    ...clientOf(own),
    address,
    database,
    connect: async (other = {}, options = {}) =>
      clientOf(resources.use(await openRawWriteSession({ ...address, ...other }, options))),
    account: async (...grants) => {
      const user = `u_${randomUUID().slice(0, 8)}`
      await administrator.run(`CREATE USER '${user}' IDENTIFIED BY '${password}'`)
      resources.defer(async () => {
        await administrator.run(`DROP USER '${user}'`)
      })
      for (const grant of grants)
        await administrator.run(`GRANT ${grant.replace('DB', quoteName(database))} TO '${user}'`)
      return user
    },
    fails: async (attempt, known) => {
      const thrown: unknown = await attempt.then(
        () => undefined,
        (error: unknown) => error,
      )
      expect(entry.codes, messageOf(thrown)).toContain(errorCode(thrown))
      return note(adviceForThrown(thrown, { database, ...known }))
    },
    warns: (warnings, known) => {
      const [warning] = warnings
      expect(entry.codes).toContain(warning?.code)
      return note(warning && adviceFor(warning, { database, ...known }))
    },
    cleanUp: (free) => resources.defer(async () => void (await free())),
  })
  expect(seen, 'the case never saw its error').toBeGreaterThan(0)
  expect([...wanted].filter((sql) => !accepted.has(sql))).toEqual([])
}
