import { z } from 'zod'
import { HarnessError } from '../../core/errors/harness-error.ts'
import { readRowEstimates } from '../../core/rows/row-estimates.ts'
import { type ScanLimits, type Scanned, scanTable, wholeTables } from '../../core/rows/scan.ts'
import { columnsIn } from '../../core/schema/definition.ts'
import {
  type Constraint,
  findTable,
  qualifiedName,
  type Snapshot,
  type Table,
} from '../../core/schema/model.ts'
import { type RowShape, rowShapeOf, settableColumnsOf } from '../../core/schema/settable-columns.ts'
import type { ReadSession } from '../../core/server/session.ts'
import { quoteName } from '../../core/text/quote.ts'
import type { NamedStatement } from '../folder/named-statements.ts'
import { readableRow } from './readable-row.ts'

const shownRows = 10
type Row = Readonly<Record<string, unknown>>
const anyRow = z.record(z.string(), z.unknown())

/** The rows that make a constraint false. */
export interface Violations {
  readonly constraint: Constraint
  /** How many rows there are. */
  readonly count: number
  /** Keys of the first ten, with the columns of the clause where values are to be shown. */
  readonly first: readonly Record<string, unknown>[]
  /** SQL that a person may run; the harness never does. */
  readonly remedy: string
  /** How much of the table was looked at. */
  readonly scanned: Scanned
}

const shapeIn = (snapshot: Snapshot, constraint: Constraint): RowShape | undefined => {
  const table = findTable(snapshot, constraint.table)
  return table === undefined ? undefined : rowShapeOf(table)
}

const tableMissing = (name: string): HarnessError =>
  new HarnessError('TABLE_MISSING', {
    what: `The table ${name} does not exist here, so its rows cannot be looked at.`,
    next: 'Check the database in DATABASE_URL.',
  })

const remedyFor = (
  constraint: Constraint,
  remedies: readonly NamedStatement[],
  snapshot: Snapshot,
): string => {
  const written = remedies.find(({ name }) => name === qualifiedName(constraint))
  if (written !== undefined) return `${written.sql};`
  const shape = shapeIn(snapshot, constraint)
  const columns = shape === undefined ? [] : settableColumnsOf(shape, constraint.clause)
  const open = (names: readonly string[]) => names.map((name) => `${quoteName(name)} = …`)
  return `UPDATE ${quoteName(constraint.table)} SET ${open(columns).join(', ')} WHERE ${open(shape?.key ?? []).join(' AND ')};`
}

const sumsRow = z.record(z.string(), z.coerce.number())

/** Counts what breaks each clause in one read of a table, chunk by chunk, and keeps the first rows of each. */
const countIn = async (
  session: ReadSession,
  table: Table,
  constraints: readonly Constraint[],
  { limits, showValues }: { limits: ScanLimits; showValues: boolean },
) => {
  const keys = rowShapeOf(table).key
  const sums = constraints.map(({ clause }, at) => `IFNULL(SUM((${clause}) IS FALSE), 0) AS violating_${at}`)
  const found = constraints.map((constraint) => ({ constraint, count: 0, first: [] as Row[] }))
  const scanned = await scanTable(session, table, limits, async ({ where, values }) => {
    const from = `FROM ${quoteName(table.name)} WHERE ${where}`
    const row = await session.row(sumsRow, `SELECT ${sums.join(', ')} ${from}`, values)
    for (const [at, item] of found.entries()) {
      const count = row[`violating_${at}`] ?? 0
      const open = shownRows - item.first.length
      item.count += count
      if (count === 0 || open === 0) continue
      const { clause } = item.constraint
      const shown = [...new Set([...keys, ...(showValues ? columnsIn(clause) : [])])].map(quoteName)
      const rows = await session.rows(
        anyRow,
        `SELECT ${shown.join(', ')} ${from} AND (${clause}) IS FALSE ORDER BY ${keys.map(quoteName).join(', ')} LIMIT ${open}`,
        values,
      )
      item.first.push(...rows.map(readableRow))
    }
  })
  return found.map((item) => ({ ...item, scanned }))
}

/**
 * Finds the rows that make a clause false; NULL does not. The server's own validation is no proof, because it tests the
 * clause without parentheses (#71050). One full read of each table, in chunks, the smallest table first, as far as the
 * budget goes. `showValues` puts the columns of the clause beside the keys. In the order of `constraints`.
 */
export const findAllViolations = async (
  session: ReadSession,
  snapshot: Snapshot,
  constraints: readonly Constraint[],
  remedies: readonly NamedStatement[],
  { showValues, limits = wholeTables }: { showValues: boolean; limits?: ScanLimits },
): Promise<Violations[]> => {
  const startedAt = performance.now()
  const estimates = await readRowEstimates(session)
  const rowsOf = (name: string) => estimates.get(name.toLowerCase()) ?? 0
  const byTable = [...Map.groupBy(constraints, ({ table }) => table)]
  const found: Violations[] = []
  for (const [name, own] of byTable.toSorted(([one], [other]) => rowsOf(one) - rowsOf(other))) {
    const table = findTable(snapshot, name)
    if (table === undefined) throw tableMissing(name)
    const left = { ...limits, budgetMs: limits.budgetMs - (performance.now() - startedAt) }
    for (const item of await countIn(session, table, own, { limits: left, showValues }))
      found.push({ ...item, remedy: remedyFor(item.constraint, remedies, snapshot) })
  }
  return constraints.flatMap((constraint) => found.find((item) => item.constraint === constraint) ?? [])
}

/** Throws VIOLATING_ROWS with the rows and the remedy of each constraint that rows would break. */
export const assertNoViolations = (found: readonly Violations[]): void => {
  const broken = found.filter(({ count }) => count > 0)
  if (broken.length === 0) return
  const lines = broken.map(
    ({ constraint, count, first, remedy }) =>
      `${qualifiedName(constraint)} (${constraint.clause}): ${count} rows break it, the first:\n      ${first
        .map((row) => JSON.stringify(row))
        .join('\n      ')}\n    remedy: ${remedy}`,
  )
  throw new HarnessError('VIOLATING_ROWS', {
    what: lines.join('\n    '),
    why: 'A constraint cannot be added while rows break it. Nothing was changed.',
    next: 'Look at these rows, run the remedy by hand if it fits, and run again.',
    fields: {
      constraints: broken.map(({ constraint, count }) => ({ name: qualifiedName(constraint), count })),
    },
  })
}
