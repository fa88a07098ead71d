import { openRawWriteSession, type ServerAddress, type WriteSession } from '../core/server/session.ts'
import type { GuardedServer } from '../core/server/write-session.ts'
import type { MigrationGuard } from '../migrate/apply/steps/migrated-server.ts'
import { assertAsRehearsed } from './as-rehearsed.ts'
import { assertRequest, type Permit } from './permit.ts'
import { assertRunnerLock } from './runner-lock.ts'

const consequence = 'No further step is sent; what is done stays done.'

const openConfirmedSession = async (address: ServerAddress, permit: Permit): Promise<WriteSession> => {
  await assertRequest(address, permit, 'write', consequence)
  const session = await openRawWriteSession(address)
  try {
    await assertRunnerLock(session, permit.runnerLock)
    return session
  } catch (error) {
    await session[Symbol.asyncDispose]()
    throw error
  }
}

/** A target of the user's own, guarded by the permit: each connection and each step asks for all of it again. */
export const confirmedServer = (address: ServerAddress, permit: Permit): GuardedServer<MigrationGuard> => ({
  address,
  guard: {
    open: () => openConfirmedSession(address, permit),
    assertHeld: (session) => assertRunnerLock(session, permit.runnerLock),
    assertRehearsed: async (lock, snapshot) =>
      assertAsRehearsed(await assertRequest(address, permit, 'write'), lock, snapshot, permit.targetName),
  },
})
