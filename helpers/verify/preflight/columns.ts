import { HarnessError } from '../../core/errors/harness-error.ts'
import type { Column, Table } from '../../core/schema/model.ts'

const columnTextOf = ({ name, type, nullable }: Column) => `${name} ${type}${nullable ? '' : ' NOT NULL'}`

// `int(11)` is what releases before 8.5 print for `int`: the width means nothing.
const typeOf = ({ type }: Column) => type.replace(/^((?:tiny|small|medium|big)?int|year)\(\d+\)/i, '$1')

/** What a table lacks or has in another way, column by column; empty when the columns are the same. More columns are fine. */
export const columnChanges = (wanted: Table, found: Table): string[] =>
  wanted.columns.flatMap((column) => {
    const same = found.columns.find(({ name }) => name.toLowerCase() === column.name.toLowerCase())
    if (same === undefined) return [`lacks ${columnTextOf(column)}`]
    const isSame = typeOf(same) === typeOf(column) && same.nullable === column.nullable
    return isSame ? [] : [`wanted ${columnTextOf(column)}, found ${columnTextOf(same)}`]
  })

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

/** Throws TABLE_MISSING or TABLE_DIFFERENT when a table is not the one that the migration was made for. */
export const assertAsMade = (wanted: Table, found: Table | undefined, database: string): void => {
  assertThere(found, wanted.name, database)
  const changes = columnChanges(wanted, found)
  if (changes.length === 0) return
  throw new HarnessError('TABLE_DIFFERENT', {
    what: `The table ${wanted.name} is not the one that the migration was made for:\n    ${changes.join('\n    ')}`,
    next: 'Make the lock anew from this schema, or point the suite at the right database.',
  })
}
