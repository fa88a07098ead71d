import { z } from 'zod'
import { HarnessError } from '../../core/errors/harness-error.ts'
import { type Index, qualifiedName } from '../../core/schema/model.ts'
import type { ReadSession } from '../../core/server/session.ts'
import { type Available, askOfAll } from './available.ts'
import { countedStatements } from './counted-statements.ts'

const usedRow = z.object({ indexes: z.string(), executions: z.coerce.number() })
const usageRow = z.object({ name: z.string(), executions: z.coerce.number() })
const nameRow = z.object({ name: z.string() })

const fromStatements = countedStatements(
  'INDEX_NAMES AS indexes, EXEC_COUNT AS executions',
  "INDEX_NAMES IS NOT NULL AND INDEX_NAMES <> ''",
)

const fromUsage = `SELECT CONCAT(TABLE_NAME, '.', INDEX_NAME) AS name, QUERY_TOTAL AS executions
  FROM information_schema.tidb_index_usage WHERE LOWER(TABLE_SCHEMA) = LOWER(DATABASE())`

/** TIDB_INDEX_USAGE came with 8.0. */
const countsItself = async (session: ReadSession): Promise<boolean> => {
  const found = await session.rows(
    nameRow,
    `SELECT TABLE_NAME AS name FROM information_schema.tables
      WHERE LOWER(TABLE_SCHEMA) = 'information_schema' AND LOWER(TABLE_NAME) = 'tidb_index_usage'`,
  )
  return found.length > 0
}

/** How many executions of statements read each index, by `table.index` in lower case, as this node counted. */
export const readIndexUse = (session: ReadSession): Promise<Available<ReadonlyMap<string, number>>> =>
  askOfAll(session, 'the statements summary', async () => {
    const used = new Map<string, number>()
    const add = (name: string, executions: number) =>
      used.set(name.toLowerCase(), (used.get(name.toLowerCase()) ?? 0) + executions)
    if (await countsItself(session)) {
      for (const { name, executions } of await session.rows(usageRow, fromUsage)) add(name, executions)
    } else {
      for (const { indexes, executions } of await session.rows(usedRow, fromStatements))
        for (const name of indexes.split(',')) add(name.replace(':', '.'), executions)
    }
    return used
  })

/** What used an index. */
export interface IndexUse {
  readonly index: string
  /** The queries of queries.sql whose plans read it. */
  readonly plans: readonly string[]
  /** How many executions the server has counted; undefined where it cannot be asked. */
  readonly executions: number | undefined
}

export const executionsOf = (index: Index, used: ReadonlyMap<string, number>): number =>
  used.get(qualifiedName(index).toLowerCase()) ?? 0

/** Throws INDEX_UNUSED_BY_ALL for indexes that neither a plan of this run nor a statement on the server reads. */
export const assertAllUsed = (uses: readonly IndexUse[]): void => {
  const unused = uses.filter(({ plans, executions = 0 }) => plans.length === 0 && executions === 0)
  if (unused.length === 0) return
  throw new HarnessError('INDEX_UNUSED_BY_ALL', {
    what: `Nothing uses ${unused.map(({ index }) => index).join(', ')}: no plan of queries.sql, no statement that the server counted.`,
    why: 'An index that nothing uses costs every write and helps no read.',
    next: 'Let the application run for a day and look again; then take the index out of the migration.',
  })
}
