import type { RowsToLeaveOut } from '../core/rows/row-hash.ts'
import type { ServerAddress } from '../core/server/session.ts'
import type { Migration } from '../migrate/folder/migration.ts'

/** What traffic needs to know of a run. */
export interface TrafficScope {
  readonly context: {
    readonly target: { readonly address: ServerAddress; readonly token: string | null }
    readonly settings: {
      readonly TRAFFIC: 'on' | 'off'
      readonly TRAFFIC_RATE: number
      readonly SCALE: string
      readonly VERBOSE?: '1' | undefined
    }
  }
  readonly migration: Migration
}

/** Why there are no buyers in this run; undefined when there are. */
export const reasonWithoutTraffic = ({ context, migration }: TrafficScope): string | undefined => {
  if (context.target.token === null) return 'buyers write, so they are let loose on a throw-away server only'
  if (migration.application === undefined) return 'the migration names no application'
  return context.settings.TRAFFIC === 'off' ? 'TRAFFIC=off' : undefined
}

/**
 * The rows that the buyers of this run may change, as a condition by table; none without buyers. They are left out
 * where rows are compared with what they were, and accounted for by themselves (purchases.ts).
 */
export const rowsOfTraffic = (part: TrafficScope): RowsToLeaveOut =>
  reasonWithoutTraffic(part) === undefined ? (part.migration.application?.ownRows ?? {}) : {}
