import { type Endpoint, openRawWriteSession, type WriteSession } from '../core/server/session.ts'
import type { GuardedServer } from '../core/server/write-session.ts'
import type { MigrationGuard } from '../migrate/apply/steps/migrated-server.ts'
import { assertAsRehearsed } from './as-rehearsed.ts'
import { assertRequest, type Permit } from './permit.ts'
import { assertPermittedPlace, readPlace } from './permitted-place.ts'
import { assertRunnerLease } from './runner-lease.ts'

const consequence = 'No further step is sent; what is done stays done.'

const openConfirmedSession = async (target: Endpoint, permit: Permit): Promise<WriteSession> => {
  await assertRequest(target, permit, 'write', consequence)
  const session = await openRawWriteSession(target.address, target.sessionOptions)
  try {
    assertPermittedPlace(permit.place, await readPlace(session, target.address))
    await assertRunnerLease(session, permit.runnerLease)
    return session
  } catch (error) {
    await session[Symbol.asyncDispose]()
    throw error
  }
}

/** A target of the user's own, guarded by the permit: each connection and each step asks for all of it again. */
export const confirmedServer = (target: Endpoint, permit: Permit): GuardedServer<MigrationGuard> => ({
  ...target,
  guard: {
    open: () => openConfirmedSession(target, permit),
    assertHeld: (session) => assertRunnerLease(session, permit.runnerLease),
    assertRehearsed: async (lock, snapshot) =>
      assertAsRehearsed(await assertRequest(target, permit, 'write'), lock, snapshot, permit.targetName),
  },
})
