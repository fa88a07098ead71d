import type { Index, Snapshot } from '../../schema/model.ts'
import type { ReadSession } from '../../target/session.ts'
import { type DdlSpeed, speedSettings } from './ddl-speed.ts'
import { safeReorg } from './fast-reorg.ts'
import type { WantedSetting } from './settings.ts'
import { autoAnalyzeOff } from './statistics-steps.ts'

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
