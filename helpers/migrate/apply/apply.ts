import { HarnessError } from '../../core/errors/harness-error.ts'
import { findTable, type Snapshot } from '../../core/schema/model.ts'
import { readSnapshot } from '../../core/schema/read-snapshot.ts'
import type { ReadSession } from '../../core/server/session.ts'
import { openWriteSession } from '../../core/server/write-session.ts'
import type { NamedStatement } from '../folder/named-statements.ts'
import { assertNothingDifferent, differenceOf } from '../lock/difference.ts'
import type { Lock } from '../lock/lock.ts'
import {
  assertNoDuplicates,
  canLookForDuplicates,
  type Duplicates,
  findDuplicates,
} from '../precondition/duplicates.ts'
import { assertNoViolations, findAllViolations } from '../precondition/violations.ts'
import type { Phase, Step } from '../step/step.ts'
import { waitForJobs } from './jobs/watch-jobs.ts'
import { recordFirstBefore } from './ledger.ts'
import { planConstraints, planIndexes, type StepGroups, type TargetState } from './planned.ts'
import type { ApplyRunner } from './settings/ddl-speed.ts'
import { withSettings } from './settings/settings.ts'
import { analyzeUntilSeen, hasStatistics } from './statistics/seen-statistics.ts'
import type { StepRunner } from './steps/runner.ts'
import { runSteps } from './steps/step-runner.ts'

const assertTablesThere = ({ adds }: Lock, snapshot: Snapshot): void => {
  const wanted = [...new Set([...adds.indexes, ...adds.constraints].map(({ table }) => table))]
  const missing = wanted.filter((name) => findTable(snapshot, name) === undefined)
  if (missing.length === 0) return
  throw new HarnessError('TABLE_MISSING', {
    what: `The lock adds to the table ${missing.join(', the table ')}, which does not exist here.`,
    why: 'Nothing was changed.',
    next: 'Check the database in DATABASE_URL, or make the lock anew from this schema.',
  })
}

const assertRowsFit = async (
  { showValues = false }: StepRunner,
  session: ReadSession,
  { snapshot, difference: { indexes, constraints } }: TargetState,
  remedies: readonly NamedStatement[],
): Promise<void> => {
  const enforced = constraints.missing.filter((constraint) => constraint.enforced)
  assertNoViolations(await findAllViolations(session, snapshot, enforced, remedies, { showValues }))
  const unique = indexes.missing.filter((index) => index.unique && canLookForDuplicates(index))
  const found: Duplicates[] = []
  for (const index of unique) found.push(await findDuplicates(session, snapshot, index, showValues))
  assertNoDuplicates(found)
}

/**
 * The difference to the lock, read when no DDL job is left over from an earlier run, and only where the rows fit what is
 * missing. Throws TABLE_MISSING, SCHEMA_DIFFERENT, VIOLATING_ROWS or DUPLICATE_ROWS.
 */
const readSettledState = async (
  runner: StepRunner,
  lock: Lock,
  remedies: readonly NamedStatement[],
): Promise<TargetState> => {
  const open = () => openWriteSession(runner.server)
  await waitForJobs(open, runner.say)
  await using session = await open()
  const snapshot = await readSnapshot(session)
  assertTablesThere(lock, snapshot)
  const difference = differenceOf(lock.adds, snapshot)
  assertNothingDifferent(difference)
  if ('guard' in runner.server) await runner.server.guard.assertRehearsed(lock, snapshot)
  await recordFirstBefore(runner.ledger, session, snapshot)
  const state = { snapshot, difference }
  await assertRowsFit(runner, session, state, remedies)
  return state
}

const runGroups = async (runner: StepRunner, groups: StepGroups): Promise<Step[]> => {
  const done: Step[] = []
  for (const group of groups) done.push(...(await runSteps(runner, group)))
  return done
}

/**
 * Part A: adds the indexes of the lock that are missing, then refreshes the statistics of each table
 * that has a new one. A run that follows a finished one has nothing to do. Throws DUPLICATE_ROWS or VIOLATING_ROWS before
 * the first step when rows would stop Part A or B, so that a migration is not left half-way.
 */
export const applyIndexes = async (
  runner: ApplyRunner,
  lock: Lock,
  remedies: readonly NamedStatement[],
  phase: Phase,
): Promise<Step[]> => {
  const state = await readSettledState(runner, lock, remedies)
  await using session = await openWriteSession(runner.server)
  const { settings, groups } = await planIndexes(session, lock, state, phase, {
    speed: runner.speed,
    isThrowAway: !('guard' in runner.server),
  })
  // Without await the connection would be closed before it is read.
  return await withSettings(runner, session, phase, settings, async (settled) => [
    ...(await runGroups(settled, groups)),
    // Also when nothing was missing: a run may have been killed between ANALYZE and the planner's notice of it.
    ...(await analyzeUntilSeen(runner, lock.adds.indexes.filter(hasStatistics), phase)),
  ])
}

/**
 * Part B: turns the CHECK switch on and adds the constraints that are missing. Before its first step it
 * counts the violating rows itself. Throws VIOLATING_ROWS, SCHEMA_DIFFERENT or STEP_FAILED.
 */
export const applyConstraints = async (
  runner: StepRunner,
  lock: Lock,
  remedies: readonly NamedStatement[],
  phase: Phase,
): Promise<Step[]> => {
  const state = await readSettledState(runner, lock, remedies)
  await using session = await openWriteSession(runner.server)
  const { groups } = await planConstraints(session, state, phase)
  if (groups.flat().some(({ kind, status }) => kind === 'switch' && status === 'planned'))
    runner.say('tidb_enable_check_constraint is OFF; Part B turns it ON for the whole cluster')
  return await runGroups(runner, groups)
}
