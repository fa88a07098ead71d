import { HarnessError } from '../../core/errors/harness-error.ts'
import type { Table } from '../../core/schema/model.ts'

/** Throws TABLE_MISSING when there is none. */
export function assertThere(
  found: Table | undefined,
  name: string,
  database: string,
): asserts found is Table {
  if (found !== undefined) return
  throw new HarnessError('TABLE_MISSING', {
    what: `The table ${name} does not exist in ${database}.`,
    next: 'Check the database in DATABASE_URL.',
  })
}

/** Throws TABLE_DIFFERENT with the changes, when there is one. `next` is the way to a lock that fits. */
export const assertAsMade = (table: string, changes: readonly string[], next: string): void => {
  if (changes.length === 0) return
  throw new HarnessError('TABLE_DIFFERENT', {
    what: `The migration was made for other columns of ${table}:\n    ${changes.join('\n    ')}`,
    next,
    fields: { changes },
  })
}
