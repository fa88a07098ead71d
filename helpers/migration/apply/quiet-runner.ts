import type { Settings } from '../../config/settings.ts'
import type { RunFolder } from '../../run/run-folder.ts'
import type { WritableServer } from '../../target/write-session.ts'
import type { ApplyRunner } from './ddl-speed.ts'

/** A runner that writes its record and says nothing, with the speed that the settings ask for. */
export const quietRunner = (
  server: WritableServer,
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
