import { z } from 'zod'
import { record } from '../../core/record/record.ts'
import { describeChanges } from '../../core/schema/changes.ts'
import type { Snapshot } from '../../core/schema/model.ts'
import { withoutIncidentals } from '../../core/schema/without-incidentals.ts'
import type { Lock } from './lock.ts'
import { withoutAdditions } from './without-additions.ts'

/** What the preflight found of it. */
export const driftRecord = record('drift.json', z.array(z.string()))

/**
 * All that makes a schema another one than the lock's baseline, one line each; it does not stop a migration. What the lock
 * adds does not count, whether it is there already or not.
 */
export const driftOf = (lock: Lock, found: Snapshot): string[] => {
  const compared = (snapshot: Snapshot) => {
    const withoutAdded = withoutAdditions(lock.adds, snapshot)
    return withoutIncidentals(
      lock.leftOut === undefined ? withoutAdded : withoutAdditions(lock.leftOut, withoutAdded),
    )
  }
  return describeChanges(compared(lock.baseline), compared(found))
}
