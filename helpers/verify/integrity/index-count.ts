import { z } from 'zod'
import { HarnessError } from '../../core/errors/harness-error.ts'
import { explain } from '../../core/query-plan/explain.ts'
import { usesIndex } from '../../core/query-plan/facts.ts'
import type { Index } from '../../core/schema/model.ts'
import type { ReadSession } from '../../core/server/session.ts'
import { quoteName } from '../../core/text/quote.ts'

const countsShape = z.object({ throughIndex: z.number(), throughTable: z.number() })
/** Rows counted through an index, and through the table itself. */
export type IndexCount = z.infer<typeof countsShape>

/**
 * Counts the rows of a table through one index and without any: two full reads in one statement, so that
 * both see the same rows while others write. Throws INDEX_NOT_READ when the server counts through
 * something else than the index.
 */
export const countThroughIndex = async (session: ReadSession, index: Index): Promise<IndexCount> => {
  const table = quoteName(index.table)
  const viaIndex = `SELECT COUNT(*) AS n FROM ${table} FORCE INDEX (${quoteName(index.name)})`
  const plan = await explain(session, viaIndex)
  if (!usesIndex(plan, index.name, index.table)) {
    throw new HarnessError('INDEX_NOT_READ', {
      what: `The server does not count through ${index.table}.${index.name} even when told to.`,
      next: `Look at: EXPLAIN ${viaIndex}`,
    })
  }
  return session.row(
    countsShape,
    `SELECT via_index.n AS throughIndex, via_table.n AS throughTable
       FROM (${viaIndex}) AS via_index, (SELECT COUNT(*) AS n FROM ${table} USE INDEX ()) AS via_table`,
  )
}
