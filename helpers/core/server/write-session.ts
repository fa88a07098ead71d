import { openRawWriteSession, type ReadSession, type ServerAddress, type WriteSession } from './session.ts'
import { assertThrowAway, type ThrowAwayServer } from './throw-away.ts'

/** What stands between a target of the user's own and whatever would write to it. */
export interface WriteGuard {
  /** Opens a connection that may write, after a new look at the whole permit. Throws what is missing. */
  open(): Promise<WriteSession>
  /** Throws when another runner could have begun since. */
  assertHeld(session: ReadSession): Promise<void>
}

/** A target of the user's own that a person gave a permit for. */
export interface GuardedServer<Guard extends WriteGuard = WriteGuard> {
  readonly address: ServerAddress
  readonly guard: Guard
}

/** A server that may be written to: one that this harness started, or one whose guard says so. */
export type WritableServer = ThrowAwayServer | GuardedServer

/**
 * Opens a connection that may write, after the server has proved to be a throw-away one or the permit has been
 * looked at again. Throws NOT_THROW_AWAY, or what the permit lacks: the interlock lives here and not in the
 * order of the specs.
 */
export const openWriteSession = async (server: WritableServer, database?: string): Promise<WriteSession> => {
  if ('guard' in server) return server.guard.open()
  await assertThrowAway(server)
  return openRawWriteSession(database === undefined ? server.address : { ...server.address, database })
}
