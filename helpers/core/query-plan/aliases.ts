import { z } from 'zod'
import type { ReadSession, SqlParams } from '../server/session.ts'
import { sameName } from '../text/names.ts'
import { quoteName } from '../text/quote.ts'
import { usedBinding, withoutBindings } from './binding.ts'

interface Scan {
  /** A query block and a name in it, as a hint writes them: @`sel_1` `shop`.`o`. */
  readonly target: string
  /** The alias in lower case: TiDB compares names without regard to case. */
  readonly alias: string
  readonly indexes: string
}

const hintRow = z.object({ hint: z.string() })
const warningRow = z.object({ Code: z.number(), Message: z.string() })

const quotedName = '`(?:[^`]|``)+`'
const scanHint = new RegExp(
  `\\buse_index(?:_merge)?\\((@\`sel_\\d+\` (?:${quotedName}\\.)?(${quotedName})) ((?:[^)\`]|${quotedName})*)\\)`,
  'g',
)
const leadingComments = '(?:\\s+|--[^\\n]*(?:\\n|$)|#[^\\n]*(?:\\n|$)|/\\*[\\s\\S]*?\\*/)*'
const firstSelect = new RegExp(`^(${leadingComments}[\\s\\S]*?\\bSELECT\\b)(\\s*/\\*\\+)?`, 'i')
const noSuchIndexCode = 1176
const noSuchIndex = /^Key 'alias_probe_(\d+)' doesn't exist in table '(.+)'$/

const scansOf = (hint: string): Scan[] =>
  [...hint.matchAll(scanHint)].map(([, target = '', name = '', indexes = '']) => ({
    target,
    alias: name.slice(1, -1).replaceAll('``', '`').toLowerCase(),
    indexes,
  }))

/**
 * Whether one name of one query block stands for two scans by different indexes.
 *
 * Inside a view the blocks are counted anew, so an alias there can look like one of the query itself.
 */
const isReadTwoWays = (scans: readonly Scan[]): boolean =>
  new Set(scans.map(({ target }) => target)).size <
  new Set(scans.map(({ target, indexes }) => `${target} ${indexes}`)).size

/** The query with more hints in its first SELECT; TiDB reads only one hint comment there. */
export const addHints = (sql: string, hints: string): string =>
  sql.replace(firstSelect, (_, head: string, own: string | undefined) =>
    own === undefined ? `${head} /*+ ${hints} */` : `${head} /*+ ${hints} `,
  )

/** A place where a query reads a table, and the table that the server resolves it to. */
interface ResolvedScan extends Scan {
  /** Undefined when a hint cannot reach it (inside a view). */
  readonly table: string | undefined
}

type IndexHint = 'ignore_index' | 'use_index' | 'order_index'

/** The hint for these indexes, by the query block and the alias of every scan of their tables; empty where there is none. */
export const hintIndexes = (
  hint: IndexHint,
  scans: readonly ResolvedScan[],
  indexes: readonly { readonly table: string; readonly name: string }[],
): string => {
  const tables = new Map(scans.map(({ target, table }) => [target, table]))
  return [...tables]
    .map(([target, table]) => ({ target, own: indexes.filter((index) => sameName(table, index.table)) }))
    .filter(({ own }) => own.length > 0)
    .map(({ target, own }) => `${hint}(${target} ${own.map(({ name }) => quoteName(name)).join(', ')})`)
    .join(' ')
}

/**
 * Every scan in the plan of a query, with the table behind its alias.
 *
 * EXPLAIN prints aliases only. FORMAT='hint' names each alias with its query block, and a hint for an
 * index that does not exist makes the server warn (1176) with the table's own name.
 */
export const resolveScans = async (
  session: ReadSession,
  sql: string,
  params?: SqlParams,
): Promise<ResolvedScan[]> => {
  const { hint } = await session.row(hintRow, `EXPLAIN FORMAT='hint' ${sql}`, params)
  const bound = await usedBinding(session)
  const scans = scansOf(hint)
  if (scans.length === 0) return []

  const hints = scans.map(({ target }, n) => `use_index(${target} \`alias_probe_${n}\`)`).join(' ')
  const probe = async () => {
    await session.rows(z.unknown(), `EXPLAIN FORMAT='brief' ${addHints(sql, hints)}`, params)
    return session.rows(warningRow, 'SHOW WARNINGS')
  }
  const warnings = bound ? await withoutBindings(session, probe) : await probe()

  const answers = new Map<number, string>()
  for (const { Code, Message } of warnings) {
    const [, n, table] = noSuchIndex.exec(Message) ?? []
    if (Code === noSuchIndexCode && table !== undefined) answers.set(Number(n), table)
  }
  return scans.map((scan, n) => ({ ...scan, table: answers.get(n) }))
}

/**
 * The table behind each alias of a query, by alias in lower case, as the server resolves it.
 *
 * An alias is left out when it stands for two tables, or when a hint cannot reach it (inside a view).
 */
export const tablesByAlias = async (
  session: ReadSession,
  sql: string,
  params?: SqlParams,
): Promise<ReadonlyMap<string, string>> => {
  const tables = new Map<string, string>()
  const scans = await resolveScans(session, sql, params)
  for (const [alias, own] of Map.groupBy(scans, (scan) => scan.alias)) {
    const meant = new Set(own.map(({ table }) => table))
    const [table] = meant
    if (meant.size === 1 && table !== undefined && !isReadTwoWays(own)) tables.set(alias, table)
  }
  return tables
}
