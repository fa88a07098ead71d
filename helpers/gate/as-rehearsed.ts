import { HarnessError } from '../core/errors/harness-error.ts'
import type { Snapshot } from '../core/schema/model.ts'
import type { Lock } from '../migrate/lock/lock.ts'
import { namedDifferences } from '../migrate/lock/named-columns.ts'
import type { RehearsalPass } from './rehearsal-pass.ts'

/**
 * Throws SCHEMA_NOT_REHEARSED, which says where, when what the lock names is not as it was in the rehearsal. Other columns,
 * indexes and tables do not count.
 */
export const assertAsRehearsed = (
  pass: RehearsalPass,
  lock: Lock,
  snapshot: Snapshot,
  targetName: string,
): void => {
  const changes = namedDifferences(lock.adds, pass.baseline, snapshot).map(
    ({ table, what }) => `${table}: ${what}`,
  )
  if (changes.length === 0) return
  throw new HarnessError('SCHEMA_NOT_REHEARSED', {
    what: `From the schema that was rehearsed to the target's:\n    ${changes.join('\n    ')}`,
    why: 'A rehearsal on other columns says little about these. Nothing was changed.',
    next: `Rehearse on the target's own schema (structure only, no row leaves it): BASELINE_FROM=${targetName} npx vitest run`,
    fields: { changes },
  })
}
