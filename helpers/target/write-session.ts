import { type ConfirmedServer, openConfirmedSession } from '../gate/permit.ts'
import { openRawWriteSession, type WriteSession } from './session.ts'
import { assertThrowAway, type ThrowAwayServer } from './throw-away.ts'

/** A server that may be written to: one that this harness started, or one for which a person gave the permit. */
export type WritableServer = ThrowAwayServer | ConfirmedServer

/**
 * Opens a connection that may write, after the server has proved to be a throw-away one or the permit has been
 * looked at again. Throws NOT_THROW_AWAY, or what the permit lacks: the interlock lives here and not in the
 * order of the specs.
 */
export const openWriteSession = async (server: WritableServer, database?: string): Promise<WriteSession> => {
  if ('permit' in server) return openConfirmedSession(server)
  await assertThrowAway(server)
  return openRawWriteSession(database === undefined ? server.address : { ...server.address, database })
}
