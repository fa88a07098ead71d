import type { Index, Snapshot } from '../../../core/schema/model.ts'
import type { ReadSession } from '../../../core/server/session.ts'
import { autoAnalyzeOff } from '../statistics/statistics-steps.ts'
import { type DdlSpeed, speedSettings } from './ddl-speed.ts'
import { safeReorg } from './fast-reorg.ts'
import type { WantedSetting } from './wanted.ts'

interface SettingsInput {
  readonly speed: DdlSpeed | undefined
  /** Whether the server was started by the harness, and ends with it. */
  readonly isThrowAway: boolean
}

/**
 * What the server is to be set to while these indexes are added, in this order; nothing where none is. Reads only. A run
 * that is killed leaves a setting changed for the whole cluster until the next one, so on a server of somebody's own only
 * what was asked for is set, and what an index would be wrong without: neither does harm where it stays.
 */
export const indexSettings = async (
  session: ReadSession,
  snapshot: Snapshot,
  missing: readonly Index[],
  { speed, isThrowAway }: SettingsInput,
): Promise<WantedSetting[]> => [
  ...(await safeReorg(session, snapshot, missing)),
  ...(missing.length === 0 ? [] : [...(isThrowAway ? [autoAnalyzeOff] : []), ...speedSettings(speed)]),
]
