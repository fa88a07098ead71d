import type { Constraint } from '../../core/schema/model.ts'
import type { RowShape } from '../../core/schema/settable-columns.ts'
import type { ReadSession } from '../../core/server/session.ts'
import { anyValueFor } from './candidates.ts'
import { columnSets } from './column-sets.ts'
import { type CandidateRow, findValues } from './search.ts'

/** The SQL that is true of a row which these constraints let pass. */
export const passes = (constraints: readonly Constraint[]): string =>
  constraints.map(({ clause }) => `(${clause}) IS NOT FALSE`).join(' AND ') || 'TRUE'

/**
 * A row for an empty table that `constraints` let pass, as far as one is found. Any values would not do:
 * with two equal dates, every probe of the table would break `start < end` first.
 */
export const makeRow = async (
  session: ReadSession,
  shape: RowShape,
  constraints: readonly Constraint[],
): Promise<CandidateRow> => {
  let row: CandidateRow = new Map(shape.settable.map((column) => [column.name, anyValueFor(column)]))
  for (const [at, { clause }] of constraints.entries()) {
    const search = { session, shape, clause, where: passes(constraints.slice(0, at + 1)) }
    for (const changed of [[], ...columnSets(shape, clause, constraints.slice(0, at))]) {
      const [found] = await findValues({ ...search, base: row }, changed)
      if (found === undefined) continue
      row = new Map([...row, ...found])
      break
    }
  }
  return row
}
