import type { BackupPlan } from '../../backup/plan.ts'
import type { Settings } from '../../core/config/settings.ts'
import type { RunFolder } from '../../core/record/run-folder.ts'
import { type Endpoint, openReadSession } from '../../core/server/session.ts'
import { assertRequest, type Permit, type Request } from '../../gate/permit.ts'
import { type PermittedPlace, readPlace } from '../../gate/permitted-place.ts'
import { acceptedPassRecord, passDemandOf, type RehearsalPass } from '../../gate/rehearsal-pass.ts'
import { type HeldLease, takeRunnerLease } from '../../gate/runner-lease.ts'
import type { Migration } from '../../migrate/folder/migration.ts'
import type { Lock } from '../../migrate/lock/lock.ts'

/** That a target of the user's own may be changed by this run, and by no other meanwhile. */
export interface Permission {
  readonly permit: Permit
  readonly runnerLease: HeldLease
}

interface PermissionInput {
  readonly settings: Settings
  readonly migration: Migration
  readonly lock: Lock
  readonly plan: BackupPlan | undefined
}

/** What apply and rollback must be given; undefined in the modes that change no target of the user's own. */
const permissionRequestOf = ({ settings, migration, lock, plan }: PermissionInput): Request | undefined => {
  const { MODE, CONFIRM } = settings
  if (MODE !== 'apply' && MODE !== 'rollback') return undefined
  return {
    mode: MODE,
    targetName: settings.TARGET,
    confirm: CONFIRM,
    backup: {
      evidence: settings.BACKUP_EVIDENCE,
      manifest: plan?.path,
      isMadeByRun: plan?.madeBy === 'this run',
      hours: settings.BACKUP_HOURS,
      budgetRows: settings.CHECK_BUDGET_ROWS,
    },
    pass: passDemandOf(settings, migration, lock),
  }
}

// The pass that was accepted is the run's own from here on: another rehearsal may write a new one in its place meanwhile.
const permitOf = (
  request: Request,
  { name, mark }: HeldLease,
  run: RunFolder,
  pass: RehearsalPass,
  place: PermittedPlace,
): Permit => {
  acceptedPassRecord.write(run, pass)
  const file = run.path(acceptedPassRecord.name)
  return { ...request, pass: { ...request.pass, file }, runnerLease: { name, mark }, place }
}

/**
 * Looks at everything that must be given before the target may be changed, and takes the runner's lease, which it leaves to
 * `held`. Returns undefined in the modes that change no target of the user's own. Throws REFUSED or ANOTHER_RUNNER.
 */
export const obtainPermission = async (
  target: Endpoint,
  asked: PermissionInput,
  run: RunFolder,
  held: AsyncDisposableStack,
  say: (line: string) => void,
): Promise<Permission | undefined> => {
  const request = permissionRequestOf(asked)
  if (request === undefined) return undefined
  const pass = await assertRequest(target, request, 'beginning')
  const onLost = (why: string) => say(`the runner's lease is lost (${why}); no further step is sent`)
  const runnerLease = held.use(await takeRunnerLease(target, onLost))
  await using session = await openReadSession(target.address, target.sessionOptions)
  const place = await readPlace(session, target.address)
  return { permit: permitOf(request, runnerLease, run, pass, place), runnerLease }
}
