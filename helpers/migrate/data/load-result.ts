import { HarnessError } from '../../core/errors/harness-error.ts'
import type { TableRows } from './table-rows.ts'

export interface LoadProgress {
  readonly table: string
  /** Rows of this table that the server has taken. */
  readonly rows: number
  /** Rows that this table will have. */
  readonly totalRows: number
  /** Milliseconds since the load began. */
  readonly elapsedMs: number
}

interface Throughput {
  readonly rows: number
  readonly durationMs: number
  readonly rowsPerSecond: number
}

export interface TableLoad extends Throughput {
  readonly table: string
}

/** Tables are in the order given. They overlap a little, so their times add up to more than the whole. */
export interface LoadResult extends Throughput {
  readonly tables: readonly TableLoad[]
}

/** Keeps count while a load runs. */
export interface LoadRecorder {
  /** Notes that an INSERT for this table is about to be sent. */
  began(table: TableRows): void
  /** Notes that the server has taken so many rows, and reports the progress. */
  inserted(table: TableRows, rows: number): void
  /** The figures. Throws DATA_COUNT_WRONG when a table gave more or fewer rows than it promised. */
  result(): LoadResult
}

const throughput = (rows: number, durationMs: number): Throughput => ({
  rows,
  durationMs,
  rowsPerSecond: durationMs > 0 ? Math.round((rows * 1_000) / durationMs) : 0,
})

/** Starts the clock of a load. */
export const createLoadRecorder = (
  tables: readonly TableRows[],
  onProgress?: (progress: LoadProgress) => void,
): LoadRecorder => {
  const startedAt = performance.now()
  const states = new Map(tables.map((table) => [table, { rows: 0, from: startedAt, to: startedAt }]))
  return {
    began: (table) => {
      const state = states.get(table)
      if (state?.rows === 0 && state.to === startedAt) state.from = state.to = performance.now()
    },
    inserted: (table, rows) => {
      const state = states.get(table)
      if (state === undefined) return
      state.rows += rows
      state.to = performance.now()
      onProgress?.({
        table: table.table,
        rows: state.rows,
        totalRows: table.count,
        elapsedMs: state.to - startedAt,
      })
    },
    result: () => {
      let total = 0
      const loads: TableLoad[] = []
      for (const [{ table, count }, { rows, from, to }] of states) {
        if (rows !== count) {
          throw new HarnessError('DATA_COUNT_WRONG', {
            what: `The generator promised ${count} rows of ${table} and gave ${rows}.`,
            next: `Make the count of ${table} in its generator the number of rows that it yields.`,
            fields: { table, promised: count, given: rows },
          })
        }
        total += rows
        loads.push({ table, ...throughput(rows, to - from) })
      }
      return { ...throughput(total, performance.now() - startedAt), tables: loads }
    },
  }
}
