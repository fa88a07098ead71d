import { z } from 'zod'
import { HarnessError } from '../core/errors/harness-error.ts'
import { readTotalRows } from '../core/rows/row-estimates.ts'
import { readTableIds } from '../core/schema/table-ids.ts'
import { type Endpoint, openReadSession } from '../core/server/session.ts'
import { type BackupProof, backupRefusal, type ChangedDatabase, type LookedAt } from './backup-proof.ts'
import type { PermittedPlace } from './permitted-place.ts'
import { assertNotRefused, type Refusal } from './refusal.ts'
import { type PassDemand, type RehearsalPass, readPass } from './rehearsal-pass.ts'
import type { RunnerLease } from './runner-lease.ts'

/** What a person must give before a target of theirs may be changed. */
export interface Request {
  readonly mode: 'apply' | 'rollback'
  readonly targetName: string
  /** CONFIRM: the name of the database, typed by hand. */
  readonly confirm: string | undefined
  readonly pass: PassDemand
  readonly backup: BackupProof
}

/** The request of a run that also holds the runner's lease. */
export interface Permit extends Request {
  readonly runnerLease: RunnerLease
  /** Where it was given, and holds. */
  readonly place: PermittedPlace
}

const placeShape = z.object({ database: z.string().nullable(), version: z.string() })

const refusalsOf = async (
  { mode, targetName, confirm, backup }: Request,
  place: ChangedDatabase,
  pass: ReturnType<typeof readPass>,
  at: LookedAt,
): Promise<Refusal[]> => {
  const { database } = place
  const command = `TARGET=${targetName} MODE=${mode} CONFIRM=${database} BACKUP_MANIFEST="<file>" npx vitest run`
  const noBackup = await backupRefusal(backup, place, at)
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
    ...(noBackup === undefined ? [] : [noBackup]),
  ]
}

/** Looks at everything but the lock. Throws REFUSED with all that is missing. Reads only. */
export const assertRequest = async (
  { address, sessionOptions }: Endpoint,
  request: Request,
  at: LookedAt,
  consequence = 'Nothing was changed.',
): Promise<RehearsalPass> => {
  await using session = await openReadSession(address, sessionOptions)
  const { database, version } = await session.row(
    placeShape,
    'SELECT DATABASE() AS `database`, VERSION() AS version',
  )
  const pass = readPass(request.pass, version)
  const { host, port } = address
  const tableIds = await readTableIds(session)
  const readRows = () => readTotalRows(session)
  const place = { targetName: request.targetName, host, port, database, tableIds, readRows }
  assertNotRefused(request.mode, await refusalsOf(request, place, pass, at), consequence)
  if ('pass' in pass) return pass.pass
  throw new HarnessError('REFUSED', { what: pass.refusal.what, next: pass.refusal.next })
}
