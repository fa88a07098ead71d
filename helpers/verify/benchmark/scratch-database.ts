import { HarnessError } from '../../core/errors/harness-error.ts'
import type { Table } from '../../core/schema/model.ts'
import type { WriteSession } from '../../core/server/session.ts'
import type { ThrowAwayServer } from '../../core/server/throw-away.ts'
import { openWriteSession } from '../../core/server/write-session.ts'
import { quoteName } from '../../core/text/quote.ts'

const benchmarkDatabase = 'migration_harness_benchmark'
/** What TiDB warns with when it leaves a CHECK constraint out, because the switch is OFF. */
const constraintLeftOut = 1105

const isForeignKey = (entry: string) => /^CONSTRAINT `(?:[^`]|``)+` FOREIGN KEY /.test(entry)

/**
 * A statement that makes an empty table like this one under another name, without its foreign keys: they cost the same
 * before and after, and would lead out of the copy.
 *
 * Not CREATE TABLE … LIKE, which renames the constraints of the table that it copies (#71057).
 */
const createLike = (table: Table, name: string): string => {
  const entries = [
    ...table.rest.slice(0, -1).filter((entry) => !isForeignKey(entry)),
    ...table.indexes.map(({ definition }) => definition),
    ...table.constraints.map(
      (item) =>
        `CONSTRAINT ${quoteName(item.name)} CHECK ((${item.clause}))${item.enforced ? '' : ' NOT ENFORCED'}`,
    ),
  ]
  return `CREATE TABLE ${quoteName(name)} (${entries.join(', ')}) ${table.rest.at(-1)}`
}

/** A database of its own for copies, gone on disposal. */
export interface ScratchDatabase extends AsyncDisposable {
  readonly session: WriteSession
  /** Makes an empty copy. Throws CONSTRAINT_LEFT_OUT when the server did not make its constraints. */
  create(table: Table, name: string): Promise<void>
}

/** Makes the scratch database anew on a throw-away server. Throws NOT_THROW_AWAY on any other. */
export const openScratchDatabase = async (server: ThrowAwayServer): Promise<ScratchDatabase> => {
  const drop = `DROP DATABASE IF EXISTS ${benchmarkDatabase}`
  const admin = await openWriteSession(server)
  try {
    await admin.run(drop)
    await admin.run(`CREATE DATABASE ${benchmarkDatabase}`)
    const session = await openWriteSession(server, benchmarkDatabase)
    return {
      session,
      create: async (table, name) => {
        const { warnings } = await session.run(createLike(table, name))
        const [warning] = warnings.filter(({ code }) => code === constraintLeftOut)
        if (warning === undefined) return
        throw new HarnessError('CONSTRAINT_LEFT_OUT', {
          what: `A copy of ${table.name} was made without its constraints: ${warning.message}`,
          next: 'SET GLOBAL tidb_enable_check_constraint = ON, then run again.',
        })
      },
      [Symbol.asyncDispose]: async () => {
        await session[Symbol.asyncDispose]()
        await admin.run(drop)
        await admin[Symbol.asyncDispose]()
      },
    }
  } catch (error) {
    await admin[Symbol.asyncDispose]()
    throw error
  }
}
