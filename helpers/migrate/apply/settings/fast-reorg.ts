import { z } from 'zod'
import { findTable, type Index, type Snapshot, type Table } from '../../../core/schema/model.ts'
import type { ReadSession } from '../../../core/server/session.ts'
import { isAtLeast, parseRelease } from '../../../core/server/version.ts'
import type { WantedSetting } from './wanted.ts'

const fixedIn = '7.5.5'

const hasClusteredStringKey = ({ rest, primaryKey, columns }: Table): boolean =>
  rest.some((entry) => /^PRIMARY KEY .*[^N]CLUSTERED \*\//.test(entry)) &&
  columns.some(({ name, collation }) => primaryKey.includes(name) && collation !== null)

/**
 * Fast reorg OFF where it could write wrong entries: before 7.5.5, on a table whose clustered primary key has a
 * string column (#58036). No setting where it is safe as it is.
 */
export const safeReorg = async (
  session: ReadSession,
  snapshot: Snapshot,
  indexes: readonly Index[],
): Promise<WantedSetting[]> => {
  const { version } = await session.row(z.object({ version: z.string() }), 'SELECT VERSION() AS version')
  const release = parseRelease(version)
  const tables = indexes.flatMap(({ table }) => findTable(snapshot, table) ?? [])
  const isAtRisk = release !== undefined && !isAtLeast(release, fixedIn) && tables.some(hasClusteredStringKey)
  return isAtRisk ? [{ variable: 'tidb_ddl_enable_fast_reorg', value: 'OFF', mayBeRefused: false }] : []
}
