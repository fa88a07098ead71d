import { z } from 'zod'
import { type RowHash, readRowHashes } from '../../core/rows/row-hash.ts'
import { compareNamed, describeChanges } from '../../core/schema/changes.ts'
import type { Snapshot } from '../../core/schema/model.ts'
import { readSnapshot } from '../../core/schema/read-snapshot.ts'
import type { WriteSession } from '../../core/server/session.ts'
import { quoteName } from '../../core/text/quote.ts'
import type { Additions } from './lock.ts'

interface Thing {
  readonly name: string
  readonly text: string
}

/** All of a throw-away server that a script could change and the harness could not undo. */
export interface ServerState {
  readonly schema: Snapshot
  readonly rows: readonly RowHash[]
  readonly databases: readonly Thing[]
  /** Sequences of this database, and tables of others. */
  readonly objects: readonly Thing[]
  readonly accounts: readonly Thing[]
  readonly variables: readonly Thing[]
}

const accountTables = [
  'user',
  'db',
  'tables_priv',
  'columns_priv',
  'global_grants',
  'role_edges',
  'default_roles',
  'bind_info',
]
// These move by themselves from statement to statement.
const restless = /^(?:last_sql_use_alloc|timestamp|.*last_.*)$/

const readDatabases = async (session: WriteSession): Promise<Thing[]> => {
  const found = await session.rows(z.object({ Database: z.string() }), 'SHOW DATABASES')
  const shape = z.object({ 'Create Database': z.string() })
  const things: Thing[] = []
  for (const { Database: name } of found) {
    const shown = await session.row(shape, `SHOW CREATE DATABASE ${quoteName(name)}`)
    things.push({ name, text: `${name}: ${shown['Create Database']}` })
  }
  return things
}

const readObjects = async (session: WriteSession): Promise<Thing[]> => {
  const found = await session.rows(
    z.object({ place: z.string(), name: z.string(), type: z.string() }),
    `SELECT TABLE_SCHEMA AS place, TABLE_NAME AS name, TABLE_TYPE AS type FROM information_schema.tables
      WHERE LOWER(TABLE_SCHEMA) NOT IN ('information_schema', 'performance_schema', 'metrics_schema', 'mysql', 'sys')
        AND (LOWER(TABLE_SCHEMA) <> LOWER(DATABASE()) OR TABLE_TYPE = 'SEQUENCE')`,
  )
  const things: Thing[] = []
  for (const { place, name, type } of found) {
    const whole = `${quoteName(place)}.${quoteName(name)}`
    const shown = await session.row(
      z.record(z.string(), z.string()),
      type === 'SEQUENCE' ? `SHOW CREATE SEQUENCE ${whole}` : `SHOW CREATE TABLE ${whole}`,
    )
    things.push({ name: whole, text: `${whole}: ${Object.values(shown).join(' ')}` })
  }
  return things
}

const readServerAccounts = async (session: WriteSession): Promise<Thing[]> => {
  const things: Thing[] = []
  for (const table of accountTables) {
    const rows = await session.rows(z.record(z.string(), z.unknown()), `SELECT * FROM mysql.${table}`)
    things.push({ name: table, text: `mysql.${table}: ${JSON.stringify(rows)}` })
  }
  return things
}

const readVariables = async (session: WriteSession): Promise<Thing[]> => {
  const shape = z.object({ Variable_name: z.string(), Value: z.string() })
  const found = await session.rows(shape, 'SHOW GLOBAL VARIABLES')
  return found
    .filter((row) => !restless.test(row.Variable_name))
    .map((row) => ({ name: row.Variable_name, text: `${row.Variable_name} = ${row.Value}` }))
}

export const readServerState = async (session: WriteSession): Promise<ServerState> => {
  const schema = await readSnapshot(session)
  return {
    schema,
    rows: await readRowHashes(session, schema.tables),
    databases: await readDatabases(session),
    objects: await readObjects(session),
    accounts: await readServerAccounts(session),
    variables: await readVariables(session),
  }
}

/** The state but for tidb_enable_check_constraint. */
export const withoutSwitch = (state: ServerState): ServerState => ({
  ...state,
  variables: state.variables.filter(({ name }) => name !== 'tidb_enable_check_constraint'),
})

const textOf = ({ text }: Thing): string => text

/** All that changed between two readings, apart from the additions; one line each. */
export const changesOfServer = (before: ServerState, after: ServerState, adds?: Additions): string[] => [
  ...describeChanges(before.schema, after.schema, adds),
  ...before.rows.flatMap((row) => {
    const now = after.rows.find(({ table }) => table === row.table)
    return now === undefined || (now.hash === row.hash && now.rows === row.rows)
      ? []
      : [`changed rows of ${row.table}`]
  }),
  ...compareNamed('database', before.databases, after.databases, textOf),
  ...compareNamed('object', before.objects, after.objects, textOf),
  ...before.accounts.flatMap(({ name, text }) =>
    after.accounts.some((now) => now.text === text) ? [] : [`changed mysql.${name}`],
  ),
  ...compareNamed('global variable', before.variables, after.variables, textOf),
]
