import type { RowsToLeaveOut } from '../integrity/row-hash.ts'
import type { Section } from '../run/section.ts'

type Part = Pick<Section, 'context' | 'migration'>

/** Why there are no buyers in this run; undefined when there are. */
export const reasonWithoutTraffic = ({ context, migration }: Part): string | undefined => {
  if (context.target.token === null) return 'buyers write, so they are let loose on a throw-away server only'
  if (migration.application === undefined) return 'the migration names no application'
  return context.settings.TRAFFIC === 'off' ? 'TRAFFIC=off' : undefined
}

/**
 * The rows that the buyers of this run may change, as a condition by table; none without buyers. They are left out
 * where rows are compared with what they were, and accounted for by themselves (purchases.ts).
 */
export const rowsOfTraffic = (part: Part): RowsToLeaveOut =>
  reasonWithoutTraffic(part) === undefined ? (part.migration.application?.ownRows ?? {}) : {}
