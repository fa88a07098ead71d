import { openReadSession } from '../core/server/session.ts'
import { type DatabaseState, findDifferences } from './compare.ts'
import type { Backup } from './manifest.ts'
import { restoreBackup } from './restore.ts'
import type { ScratchServer } from './scratch-server.ts'

/** What came of a restore: ms that it took, and in what the restored database differs, one line each. */
export interface Restored {
  readonly restoredInMs: number
  readonly differences: readonly string[]
}

/** Restores a backup into a scratch server and holds it against a state. */
export const restoreAndCompare = async (
  scratch: ScratchServer,
  backup: Backup,
  connections: number,
  wanted: DatabaseState,
): Promise<Restored> => {
  const began = performance.now()
  await restoreBackup(scratch, backup, { connections })
  const restoredInMs = Math.round(performance.now() - began)
  await using session = await openReadSession({ ...scratch.address, database: backup.manifest.database })
  return { restoredInMs, differences: await findDifferences(session, wanted) }
}
