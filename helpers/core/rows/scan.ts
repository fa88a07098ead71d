import { setTimeout as sleep } from 'node:timers/promises'
import type { Table } from '../schema/model.ts'
import type { ReadSession } from '../server/session.ts'
import { quoteName } from '../text/quote.ts'
import { between, type Key, keyOf, keyRow, type Part } from './key-range.ts'

/** How much of a target a scan may take. */
export interface ScanLimits {
  /** ms that the whole scan may take; at least one chunk is always read. */
  readonly budgetMs: number
  /** Rows that are read by one statement. */
  readonly chunkRows: number
  /** ms without a statement of the scan after each chunk. */
  readonly pauseMs: number
  /** Told after each chunk that is not the last: rows read so far, ms spent. */
  readonly progress?: (rows: number, spentMs: number) => void
}

/** Every row, as fast as the server gives them. */
export const wholeTables: ScanLimits = { budgetMs: Number.POSITIVE_INFINITY, chunkRows: 100_000, pauseMs: 0 }

/** How far a scan came. */
export interface Scanned {
  readonly rows: number
  /** False where the budget ended before the table. */
  readonly isWhole: boolean
}

/**
 * Goes through a table in the order of its key, chunk by chunk, and calls `read` for each with the condition of its rows,
 * until the table or the budget ends. No statement reads more than a chunk, so none runs into a time limit, and none holds
 * a snapshot for long.
 */
export const scanTable = async (
  session: ReadSession,
  table: Table,
  limits: ScanLimits,
  read: (part: Part) => Promise<void>,
): Promise<Scanned> => {
  const startedAt = performance.now()
  const spentMs = () => performance.now() - startedAt
  const key = keyOf(table)
  let rows = 0
  let after: Key | undefined
  for (;;) {
    const open = between(key, after, undefined)
    const [last] = await session.rows(
      keyRow,
      `SELECT ${key.selected} FROM ${quoteName(table.name)} WHERE ${open.where} ORDER BY ${key.names.join(', ')} LIMIT 1 OFFSET ${limits.chunkRows - 1}`,
      open.values,
    )
    const upTo = last === undefined ? undefined : key.valuesOf(last)
    await read(between(key, after, upTo))
    if (upTo === undefined) return { rows, isWhole: true }
    rows += limits.chunkRows
    after = upTo
    limits.progress?.(rows, spentMs())
    if (spentMs() >= limits.budgetMs) return { rows, isWhole: false }
    if (limits.pauseMs > 0) await sleep(limits.pauseMs)
  }
}
