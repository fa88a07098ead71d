import type { Settings } from '../../../core/config/settings.ts'
import type { RunFolder } from '../../../core/record/run-folder.ts'
import type { ApplyRunner } from '../settings/ddl-speed.ts'
import type { MigratedServer } from './migrated-server.ts'

/** A runner that writes its record and says nothing, with the speed that the settings ask for. */
export const quietRunner = (
  server: MigratedServer,
  run: RunFolder,
  {
    CONNECTIONS,
    DDL_WORKERS,
    DDL_BATCH_SIZE,
  }: Pick<Settings, 'CONNECTIONS' | 'DDL_WORKERS' | 'DDL_BATCH_SIZE'>,
): ApplyRunner => ({
  server,
  run,
  connections: CONNECTIONS,
  speed: { workers: DDL_WORKERS, batchSize: DDL_BATCH_SIZE },
  say: () => {},
})
