import { HarnessError } from '../core/errors/harness-error.ts'
import { describeChanges } from '../core/schema/changes.ts'
import type { Snapshot } from '../core/schema/model.ts'
import type { Lock } from '../migrate/lock/lock.ts'
import { withoutAdditions } from '../migrate/lock/without-additions.ts'
import { type RehearsalPass, touchedSchema } from './rehearsal-pass.ts'

// What the lock adds may be there already, in the target or in the schema that was rehearsed from; what EXCEPT leaves
// out of it may have been added by hand.
const compared = (lock: Lock, snapshot: Snapshot): Snapshot => {
  const added = withoutAdditions(lock.adds, touchedSchema(lock, snapshot))
  return lock.leftOut === undefined ? added : withoutAdditions(lock.leftOut, added)
}

const changesSinceRehearsal = (pass: RehearsalPass, lock: Lock, snapshot: Snapshot): string[] =>
  describeChanges(compared(lock, pass.baseline), compared(lock, snapshot))

/** Throws SCHEMA_NOT_REHEARSED, which says where, when the touched tables are not those of the rehearsal. */
export const assertAsRehearsed = (
  pass: RehearsalPass,
  lock: Lock,
  snapshot: Snapshot,
  targetName: string,
): void => {
  const changes = changesSinceRehearsal(pass, lock, snapshot)
  if (changes.length === 0) return
  throw new HarnessError('SCHEMA_NOT_REHEARSED', {
    what: `From the schema that was rehearsed to the target's:\n    ${changes.join('\n    ')}`,
    why: 'A rehearsal on another schema says little about this one. Nothing was changed.',
    next: `Rehearse on the target's own schema (structure only, no row leaves it): BASELINE_FROM=${targetName} npx vitest run`,
    fields: { changes },
  })
}
