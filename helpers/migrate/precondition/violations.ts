import { z } from 'zod'
import { HarnessError } from '../../core/errors/harness-error.ts'
import { columnsIn } from '../../core/schema/definition.ts'
import { type Constraint, findTable, qualifiedName, type Snapshot } from '../../core/schema/model.ts'
import { type RowShape, rowShapeOf, settableColumnsOf } from '../../core/schema/settable-columns.ts'
import type { ReadSession } from '../../core/server/session.ts'
import { quoteName } from '../../core/text/quote.ts'
import type { NamedStatement } from '../folder/named-statements.ts'
import { readableRow } from './readable-row.ts'

const shownRows = 10
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
}

const shapeIn = (snapshot: Snapshot, constraint: Constraint): RowShape | undefined => {
  const table = findTable(snapshot, constraint.table)
  return table === undefined ? undefined : rowShapeOf(table)
}

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

/**
 * Counts the rows that make the clause false; NULL does not. The server's own validation is no proof,
 * because it tests the clause without parentheses (#71050). One full read of the table. `showValues` puts the columns of
 * the clause beside the keys.
 */
export const findViolations = async (
  session: ReadSession,
  snapshot: Snapshot,
  constraint: Constraint,
  remedies: readonly NamedStatement[],
  showValues: boolean,
): Promise<Violations> => {
  const keys = shapeIn(snapshot, constraint)?.key ?? []
  const broken = `FROM ${quoteName(constraint.table)} WHERE (${constraint.clause}) IS FALSE`
  const { count } = await session.row(
    z.object({ count: z.number() }),
    `SELECT COUNT(*) AS \`count\` ${broken}`,
  )
  const shown = [...new Set([...keys, ...(showValues ? columnsIn(constraint.clause) : [])])]
    .map(quoteName)
    .join(', ')
  const order = keys.length === 0 ? '' : ` ORDER BY ${keys.map(quoteName).join(', ')}`
  const rows =
    count === 0 ? [] : await session.rows(anyRow, `SELECT ${shown} ${broken}${order} LIMIT ${shownRows}`)
  return {
    constraint,
    count,
    first: rows.map(readableRow),
    remedy: remedyFor(constraint, remedies, snapshot),
  }
}

/**
 * Finds the violations of several constraints with one full read of each table; only tables with violating
 * rows are read again for the first of them. In the order of `constraints`.
 */
export const findAllViolations = async (
  session: ReadSession,
  snapshot: Snapshot,
  constraints: readonly Constraint[],
  remedies: readonly NamedStatement[],
  showValues: boolean,
): Promise<Violations[]> => {
  const counts = new Map<Constraint, number>()
  for (const [table, own] of Map.groupBy(constraints, ({ table }) => table)) {
    const sums = own.map(({ clause }, at) => `IFNULL(SUM((${clause}) IS FALSE), 0) AS violating_${at}`)
    const row = await session.row(
      z.record(z.string(), z.coerce.number()),
      `SELECT ${sums.join(', ')} FROM ${quoteName(table)}`,
    )
    for (const [at, constraint] of own.entries()) counts.set(constraint, row[`violating_${at}`] ?? 0)
  }
  const found: Violations[] = []
  for (const constraint of constraints) {
    const isClean = counts.get(constraint) === 0
    found.push(
      isClean
        ? { constraint, count: 0, first: [], remedy: remedyFor(constraint, remedies, snapshot) }
        : await findViolations(session, snapshot, constraint, remedies, showValues),
    )
  }
  return found
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
