import { z } from 'zod'
import { isInconsistency } from '../../errors/server-error.ts'
import { openReadSession, type ServerAddress } from '../session.ts'

/** Where the server writes by itself, also while it ends. */
const written = ['stats_meta', 'stats_histograms', 'stats_buckets', 'stats_top_n', 'stats_fm_sketch']

/**
 * The tables of the server's own whose rows and indexes do not fit each other. The embedded store keeps the locks of a
 * transaction in memory only, so one that was on its way when the server ended can be half there: seen as an ANALYZE that
 * is refused for ever (8133), after an end that the server called clean.
 */
export const tornTables = async (address: ServerAddress): Promise<string[]> => {
  await using session = await openReadSession({ ...address, database: 'mysql' })
  // The fast check compares checksums only.
  await session.setSession('tidb_enable_fast_table_check', 0)
  const torn: string[] = []
  for (const table of written)
    await session.rows(z.unknown(), `ADMIN CHECK TABLE ${table}`).catch((error: unknown) => {
      if (!isInconsistency(error)) throw error
      torn.push(table)
    })
  return torn
}
