import { HarnessError } from '../../core/errors/harness-error.ts'
import { findTable, type Index, qualifiedName, type Snapshot } from '../../core/schema/model.ts'
import { quoteName } from '../../core/text/quote.ts'

/** Throws INDEX_MISSING or INDEX_DIFFERENT when an index of the schema before the migration is not there as it was. */
export const assertIndexAsMade = (wanted: Index, snapshot: Snapshot): void => {
  const name = qualifiedName(wanted)
  const found = findTable(snapshot, wanted.table)?.indexes.find((index) => index.name === wanted.name)
  if (found === undefined) {
    throw new HarnessError('INDEX_MISSING', {
      what: `The index ${name} of the schema before the migration is missing.`,
      next: `Find out who dropped it. To have it back: ALTER TABLE ${quoteName(wanted.table)} ADD ${wanted.definition}`,
    })
  }
  if (found.definition === wanted.definition) return
  throw new HarnessError('INDEX_DIFFERENT', {
    what: `The index ${name} is not the one of before: wanted ${wanted.definition}, found ${found.definition}.`,
    next: 'Find out who changed it, or make the lock anew from this schema.',
  })
}
