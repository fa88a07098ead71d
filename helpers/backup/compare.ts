import { HarnessError } from '../core/errors/harness-error.ts'
import { type RowHash, type RowsToLeaveOut, readRowHashes } from '../core/rows/row-hash.ts'
import { describeChanges } from '../core/schema/changes.ts'
import { findTable, type Snapshot } from '../core/schema/model.ts'
import { readSnapshot } from '../core/schema/read-snapshot.ts'
import type { ReadSession } from '../core/server/session.ts'

/** Schema and rows of one instant. */
export interface DatabaseState {
  readonly schema: Snapshot
  readonly rows: readonly RowHash[]
}

const rowChange = (was: RowHash, is: RowHash | undefined): string[] => {
  if (is === undefined) return []
  if (was.rows !== is.rows) return [`${was.table}: ${was.rows} rows, restored ${is.rows}`]
  return was.hash === is.hash ? [] : [`${was.table}: ${was.rows} rows with other values`]
}

/** In what one state differs from another, one line each. Tables that only `found` has are told by its schema. */
export const differencesBetween = (wanted: DatabaseState, found: DatabaseState): string[] => [
  ...describeChanges(wanted.schema, found.schema),
  ...wanted.rows.flatMap((was) =>
    rowChange(
      was,
      found.rows.find(({ table }) => table === was.table),
    ),
  ),
]

/**
 * Reads schema and rows of the session's database, and says in what they differ from `wanted`, one line each.
 * `leaveOut` are the rows that `wanted` leaves out.
 */
export const findDifferences = async (
  session: ReadSession,
  wanted: DatabaseState,
  leaveOut: RowsToLeaveOut = {},
): Promise<string[]> => {
  const schema = await readSnapshot(session)
  const tables = wanted.rows.flatMap(({ table }) => findTable(schema, table) ?? [])
  return differencesBetween(wanted, { schema, rows: await readRowHashes(session, tables, leaveOut) })
}

/** Throws RESTORE_DIFFERENT with every difference; `what` names the state that was wanted. */
export const assertNoDifferences = (differences: readonly string[], what: string): void => {
  if (differences.length === 0) return
  throw new HarnessError('RESTORE_DIFFERENT', {
    what: `What was restored is not ${what}:\n    ${differences.join('\n    ')}`,
    why: 'A backup counts when it brings everything back.',
    next: 'Make a new backup. With BACKUP_TOOL=mysqldump it is not of one instant: stop the writes, or use dumpling.',
    fields: { differences },
  })
}
