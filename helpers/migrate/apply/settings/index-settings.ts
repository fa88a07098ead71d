import type { Index, Snapshot } from '../../../core/schema/model.ts'
import type { ReadSession } from '../../../core/server/session.ts'
import { autoAnalyzeOff } from '../statistics/statistics-steps.ts'
import { type DdlSpeed, speedSettings } from './ddl-speed.ts'
import { safeReorg } from './fast-reorg.ts'
import type { WantedSetting } from './wanted.ts'

/** What the server is to be set to while these indexes are added, in this order; nothing where none is. Reads only. */
export const indexSettings = async (
  session: ReadSession,
  snapshot: Snapshot,
  missing: readonly Index[],
  speed: DdlSpeed | undefined,
): Promise<WantedSetting[]> => [
  ...(await safeReorg(session, snapshot, missing)),
  ...(missing.length === 0 ? [] : [autoAnalyzeOff, ...speedSettings(speed)]),
]
