import { z } from 'zod'
import type { ReadSession } from '../../core/server/session.ts'

// Names stand between backticks, and may hold anything: `it's ON x TO y`.
const grantLine = /^GRANT (.+?) ON (\*|`(?:[^`]|``)*`)\.(\*|`(?:[^`]|``)*`) TO /

/** Privileges that exist on everything only: ALL PRIVILEGES on a database does not hold them. */
const globalOnly = new Set([
  'SUPER',
  'PROCESS',
  'RELOAD',
  'FILE',
  'SHUTDOWN',
  'CONFIG',
  'SHOW DATABASES',
  'CREATE USER',
  'CREATE ROLE',
  'DROP ROLE',
  'CREATE TABLESPACE',
  'REPLICATION CLIENT',
  'REPLICATION SLAVE',
])
// Dynamic privileges are written with underscores: SYSTEM_VARIABLES_ADMIN.
const isGlobalOnly = (privilege: string) => globalOnly.has(privilege) || privilege.includes('_')

/** What the account may do, as SHOW GRANTS says: privileges in capitals, on everything or on this database. */
export interface Privileges {
  has(privilege: string): boolean
  readonly account: string
}

interface Grant {
  readonly privileges: readonly string[]
  readonly database: string
  readonly table: string
}

const plainName = (name: string) => (name === '*' ? name : name.slice(1, -1).replaceAll('``', '`'))

// A comma inside parentheses is one of a list of columns, which is no privilege on the table.
const privilegesIn = (text: string): string[] =>
  [...text.matchAll(/([A-Za-z_ ]+)(\([^)]*\))?/g)].flatMap(([, name = '', columns]) =>
    columns === undefined && name.trim() !== '' ? [name.trim().toUpperCase()] : [],
  )

const toGrants = (line: string): Grant[] => {
  const [, text = '', database, table] = grantLine.exec(line) ?? []
  if (database === undefined || table === undefined) return []
  return [{ privileges: privilegesIn(text), database: plainName(database), table: plainName(table) }]
}

/** The database of a grant is a pattern of LIKE: `my\_db`, `shop%`. */
const matches = (pattern: string, database: string): boolean => {
  const source = [...pattern.matchAll(/\\([\s\S])|[\s\S]/g)].map(([found, escaped]) => {
    if (escaped === undefined && found === '%') return '[\\s\\S]*'
    if (escaped === undefined && found === '_') return '[\\s\\S]'
    return (escaped ?? found).replace(/[\\^$.*+?()[\]{}|/]/, '\\$&')
  })
  return new RegExp(`^${source.join('')}$`, 'iu').test(database)
}

const visibleTables = async (session: ReadSession, database: string): Promise<string[]> => {
  const rows = await session.rows(
    z.object({ name: z.string() }),
    'SELECT TABLE_NAME AS name FROM information_schema.tables WHERE LOWER(TABLE_SCHEMA) = LOWER(?)',
    [database],
  )
  return rows.map(({ name }) => name.toLowerCase())
}

/**
 * Reads the privileges of the session's own account, and of the roles that are active, on everything and
 * on `database`. Grants on single tables count when they cover every table that the account can see.
 */
export const readPrivileges = async (session: ReadSession, database: string): Promise<Privileges> => {
  const rows = await session.rows(z.record(z.string(), z.string()), 'SHOW GRANTS')
  const { account } = await session.row(z.object({ account: z.string() }), 'SELECT CURRENT_USER() AS account')
  const grants = rows.flatMap((row) => Object.values(row)).flatMap(toGrants)
  const tables = await visibleTables(session, database)
  const holds = ({ privileges }: Grant, privilege: string) =>
    privileges.includes(privilege) || privileges.includes('ALL PRIVILEGES')
  const has = (privilege: string): boolean => {
    const onAll = grants.filter((grant) => grant.database === '*' && holds(grant, privilege))
    if (onAll.length > 0 || isGlobalOnly(privilege)) return onAll.length > 0
    const own = grants.filter((grant) => matches(grant.database, database) && holds(grant, privilege))
    if (own.some(({ table }) => table === '*')) return true
    const covered = new Set(own.map(({ table }) => table.toLowerCase()))
    return tables.length > 0 && tables.every((table) => covered.has(table))
  }
  return { account, has }
}

/** A privilege that a part of the suite cannot do without; any one of `anyOf` will do. */
export interface Need {
  readonly anyOf: readonly string[]
  readonly what: string
}
export const needsOfCheck: readonly Need[] = [
  { anyOf: ['SELECT'], what: 'read the tables' },
  { anyOf: ['SHOW VIEW'], what: 'read the texts of the views' },
]

/** What `npm run backup` cannot do without. */
export const needsOfBackup: readonly Need[] = [
  { anyOf: ['SELECT'], what: 'read every row' },
  { anyOf: ['SHOW VIEW'], what: 'read the texts of the views' },
]

/** What a run that may write has before it. */
export interface WorkAhead {
  readonly mode: 'apply' | 'rollback' | 'rehearse'
  readonly indexes: boolean
  readonly constraints: boolean
  /** What has to be set for the whole server, as a sentence goes on after "to"; undefined where nothing has. */
  readonly sets: string | undefined
}

const when = (isNeeded: boolean, need: Need): readonly Need[] => (isNeeded ? [need] : [])

/** The privileges of this run: what is there already needs none. */
export const needsOfWork = ({ mode, indexes, constraints, sets }: WorkAhead): readonly Need[] => [
  ...needsOfCheck,
  { anyOf: ['PROCESS'], what: 'see the transactions of others, and who holds the lease of the cluster' },
  ...when(indexes || constraints, { anyOf: ['ALTER'], what: 'change the tables' }),
  ...when(indexes, { anyOf: ['INDEX'], what: mode === 'rollback' ? 'drop indexes' : 'add indexes' }),
  ...when(mode !== 'rollback' && indexes, { anyOf: ['INSERT'], what: 'ANALYZE the tables' }),
  ...when(mode !== 'rollback', { anyOf: ['UPDATE'], what: 'probe the constraints' }),
  ...when(sets !== undefined, { anyOf: ['SYSTEM_VARIABLES_ADMIN', 'SUPER'], what: `${sets} (1227 without)` }),
]

/** The needs that the account does not meet, one line each. */
export const unmetNeeds = (privileges: Privileges, needs: readonly Need[]): string[] =>
  needs
    .filter(({ anyOf }) => !anyOf.some((privilege) => privileges.has(privilege)))
    .map(({ anyOf, what }) => `${anyOf.join(' or ')}, to ${what}`)

const writing = ['INSERT', 'UPDATE', 'DELETE', 'DROP', 'ALTER', 'CREATE', 'SYSTEM_VARIABLES_ADMIN']

/** Why an account is more than a mode needs, for a warning; undefined when it is not. TiDB Cloud puts a prefix before root. */
export const excessOf = ({ account, has }: Privileges, mode: 'check' | 'other'): string | undefined => {
  const advice = 'sql/grants.sql makes an account with the least that is needed'
  if (/(?:^|\.)root@/i.test(account)) return `the account is ${account}, which may do everything; ${advice}`
  const more = ['SUPER', ...(mode === 'check' ? writing : ['DROP'])].filter(has)
  return more.length === 0
    ? undefined
    : `the account ${account} holds more than is needed: ${more.join(', ')}; ${advice}`
}
