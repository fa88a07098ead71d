import { type Step, tablesOf } from '../step/step.ts'
import { isWorkKind, type Rates } from './rates.ts'
import type { TableFacts } from './table-facts.ts'

/** A step with what it costs. */
export interface Work {
  readonly step: Step
  /** ms that it takes on an empty table, when nothing else runs. */
  readonly latencyMs: number
  /** ms for each row of its table, on top. */
  readonly rowMs: number
  /** Rows that it has to go through. */
  readonly rows: number
  /** The part of the server that it takes up while it runs, from 0 to 1. */
  readonly share: number
}

// ADD INDEX of v7.5.0: 12 to 25 µs of server time a row for one INT, 40 for a text of 96 bytes.
const bytesThatDouble = 100
// ANALYZE looks at every row, but sorts no more than about this many of a table; at 400,000 rows a row cost half of
// what it cost at 100,000 (v7.5.0).
const analyzeSample = 110_000
const sampledPart = 0.6
const settingMs = 10

const nothing: TableFacts = { rows: 0, columns: 0, indexes: 0, keyBytes: new Map() }

/** Units of work for one row: 1 for an index of no width, 1 for a CHECK, and one for each column and index in ANALYZE. */
const unitsOfRow = (step: Step, { rows, columns, indexes, keyBytes }: TableFacts): number => {
  if (step.kind === 'index') return 1 + (keyBytes.get(step.name.toLowerCase()) ?? 0) / bytesThatDouble
  if (step.kind !== 'analyze') return 1
  const sampled = rows === 0 ? 1 : Math.min(1, analyzeSample / rows)
  return (columns + indexes) * (1 - sampledPart + sampledPart * sampled)
}

/** What a step costs on a server of these rates. A drop reads no row. */
export const workOf = (step: Step, facts: ReadonlyMap<string, TableFacts>, rates: Rates): Work => {
  if (!isWorkKind(step.kind)) return { step, latencyMs: settingMs, rowMs: 0, rows: 0, share: 0 }
  const { latencyMs, unitMs, sideBySide } = rates[step.kind]
  const share = 1 / sideBySide
  if (step.phase === 'rollback') return { step, latencyMs, rowMs: 0, rows: 0, share }
  const tables = tablesOf(step).map((table) => facts.get(table.toLowerCase()) ?? nothing)
  const rows = tables.reduce((sum, table) => sum + table.rows, 0)
  const units = tables.reduce((sum, table) => sum + table.rows * unitsOfRow(step, table), 0)
  return {
    step,
    // Several tables in one ANALYZE take about half of what as many statements take (v7.5.0).
    latencyMs: latencyMs * Math.max(1, tables.length / 2),
    rowMs: unitMs * (rows === 0 ? unitsOfRow(step, tables[0] ?? nothing) : units / rows),
    rows,
    share,
  }
}

/** ms that a step takes when nothing else runs. */
export const aloneMs = ({ latencyMs, rowMs, rows }: Work): number => latencyMs + rowMs * rows
