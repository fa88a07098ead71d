import { z } from 'zod'
import { HarnessError } from '../errors/harness-error.ts'
import {
  openRawWriteSession,
  openReadSession,
  type ServerAddress,
  type WriteSession,
} from '../target/session.ts'
import { assertNotRefused, type Refusal } from './refusal.ts'
import { type PassDemand, type RehearsalPass, readPass } from './rehearsal-pass.ts'
import { assertRunnerLock, type RunnerLock } from './runner-lock.ts'

/** What a person must give before a target of theirs may be changed. */
export interface Request {
  readonly mode: 'apply' | 'rollback'
  readonly targetName: string
  /** CONFIRM: the name of the database, typed by hand. */
  readonly confirm: string | undefined
  readonly pass: PassDemand
  /** BACKUP_EVIDENCE: the id of a backup, or a link to it. */
  readonly backupEvidence: string | undefined
}

/** The request of a run that also holds the runner's lock. */
export interface Permit extends Request {
  readonly runnerLock: RunnerLock
}

/** A target of somebody's own, with the permit to change it. */
export interface ConfirmedServer {
  readonly address: ServerAddress
  readonly permit: Permit
}

const placeShape = z.object({ database: z.string().nullable(), version: z.string() })

const refusalsOf = (
  { mode, targetName, confirm, backupEvidence }: Request,
  found: { database: string | null; pass: ReturnType<typeof readPass> },
): Refusal[] => {
  const { database, pass } = found
  const command = `TARGET=${targetName} MODE=${mode} CONFIRM=${database} BACKUP_EVIDENCE="<id or link>" npx vitest run`
  return [
    ...(confirm === database
      ? []
      : [
          {
            code: 'NOT_CONFIRMED',
            what:
              confirm === undefined
                ? `CONFIRM is not set; DATABASE_URL leads to ${database}.`
                : `CONFIRM names ${confirm}, but DATABASE_URL leads to ${database}.`,
            next: `${command}   # if ${database} is the one you mean`,
          },
        ]),
    ...('refusal' in pass ? [pass.refusal] : []),
    ...((backupEvidence ?? '').trim() === ''
      ? [
          {
            code: 'NO_BACKUP',
            what: 'There is no proof of a backup.',
            next: 'Make a backup, then give its id or a link to it: BACKUP_EVIDENCE="<id or link>"',
          },
        ]
      : []),
  ]
}

/** Looks at everything but the lock. Throws REFUSED with all that is missing. Reads only. */
export const assertRequest = async (
  address: ServerAddress,
  request: Request,
  consequence = 'Nothing was changed.',
): Promise<RehearsalPass> => {
  await using session = await openReadSession(address)
  const { database, version } = await session.row(
    placeShape,
    'SELECT DATABASE() AS `database`, VERSION() AS version',
  )
  const pass = readPass(request.pass, version)
  assertNotRefused(request.mode, refusalsOf(request, { database, pass }), consequence)
  if ('pass' in pass) return pass.pass
  throw new HarnessError('REFUSED', { what: pass.refusal.what, next: pass.refusal.next })
}

/** Opens a connection that may change a target of somebody's own, after a new look at the whole permit. */
export const openConfirmedSession = async ({ address, permit }: ConfirmedServer): Promise<WriteSession> => {
  await assertRequest(address, permit, 'No further step is sent; what is done stays done.')
  const session = await openRawWriteSession(address)
  try {
    await assertRunnerLock(session, permit.runnerLock)
    return session
  } catch (error) {
    await session[Symbol.asyncDispose]()
    throw error
  }
}
