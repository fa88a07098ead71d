import type { Snapshot } from '../../../core/schema/model.ts'
import type { ThrowAwayServer } from '../../../core/server/throw-away.ts'
import type { GuardedServer, WriteGuard } from '../../../core/server/write-session.ts'
import type { Lock } from '../../lock/lock.ts'

/** The guard of a target that a migration changes. */
export interface MigrationGuard extends WriteGuard {
  /** Throws SCHEMA_NOT_REHEARSED when the tables that the lock touches are not as they were rehearsed. */
  assertRehearsed(lock: Lock, snapshot: Snapshot): Promise<void>
}

/** A server that steps may be sent to. */
export type MigratedServer = ThrowAwayServer | GuardedServer<MigrationGuard>
