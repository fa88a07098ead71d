import { z } from 'zod'
import type { ReadSession } from '../server/session.ts'
import { readCheckSwitch } from '../server/switch.ts'
import { quoteName } from '../text/quote.ts'
import { withoutFeature } from './without-incidentals.ts'

/** A database without its rows: the server's own CREATE statements. */
export interface Structure {
  readonly database: string
  readonly createDatabase: string
  readonly tables: readonly string[]
  /** A view may stand on another one, so their order is not that of their creation. */
  readonly views: readonly string[]
  /** What of it a throw-away server cannot create, or must not do: placement policies, and the jobs of a TTL. */
  readonly leftOut: readonly string[]
  /** Whether tidb_enable_check_constraint is ON. */
  readonly switchOn: boolean
}

const anyRow = z.record(z.string(), z.string().nullable())

const shownBy = async (session: ReadSession, sql: string): Promise<string> => {
  const row = await session.row(anyRow, sql)
  const [, text] = Object.entries(row).find(([name]) => name.startsWith('Create ')) ?? []
  return text ?? ''
}

// The account that defined a view need not exist on the server that rehearses it.
const withoutDefiner = (view: string) => view.replace(/ DEFINER=`(?:[^`]|``)*`@`(?:[^`]|``)*`/, '')
// The next number of a key tells how many rows there are, and a rehearsal has rows of its own.
const withoutCounter = (table: string) => table.replace(/ AUTO_INCREMENT=\d+(?= |$)/, '')

// A policy is an object of the whole cluster, and a TTL would delete rows in the middle of a rehearsal.
const features = { placement: 'placement policy', ttl: 'TTL' } as const

const cut = (text: string, owner: string, leftOut: string[]): string => {
  let kept = text
  for (const feature of ['placement', 'ttl'] as const) {
    const without = withoutFeature(kept, feature)
    if (without !== kept) leftOut.push(`${features[feature]} of ${owner}`)
    kept = without
  }
  return kept
}

/** Reads the structure of the session's database: tables, sequences, views. Sends SHOW CREATE and reads no row of a table. */
export const readStructure = async (session: ReadSession): Promise<Structure> => {
  const { database } = await session.row(
    z.object({ database: z.string() }),
    'SELECT SCHEMA_NAME AS `database` FROM information_schema.schemata WHERE LOWER(SCHEMA_NAME) = LOWER(DATABASE())',
  )
  const listed = await session.rows(
    z.object({ name: z.string(), type: z.string() }),
    'SELECT TABLE_NAME AS name, TABLE_TYPE AS type FROM information_schema.tables WHERE TABLE_SCHEMA = ? ORDER BY TABLE_NAME',
    [database],
  )
  const [tables, views]: [string[], string[]] = [[], []]
  const leftOut: string[] = []
  const createDatabase = cut(
    await shownBy(session, `SHOW CREATE DATABASE ${quoteName(database)}`),
    'the database',
    leftOut,
  )
  for (const { name, type } of listed) {
    if (type === 'VIEW')
      views.push(withoutDefiner(await shownBy(session, `SHOW CREATE VIEW ${quoteName(name)}`)))
    else if (type === 'SEQUENCE')
      tables.unshift(await shownBy(session, `SHOW CREATE SEQUENCE ${quoteName(name)}`))
    else {
      const table = await shownBy(session, `SHOW CREATE TABLE ${quoteName(name)}`)
      tables.push(withoutCounter(cut(table, name, leftOut)))
    }
  }
  return {
    database,
    createDatabase,
    tables,
    views,
    leftOut,
    switchOn: await readCheckSwitch(session),
  }
}
