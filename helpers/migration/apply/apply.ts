import { z } from 'zod'
import { HarnessError } from '../../errors/harness-error.ts'
import { assertAsRehearsed } from '../../gate/as-rehearsed.ts'
import { recordFirstBefore } from '../../gate/ledger.ts'
import { assertRequest } from '../../gate/permit.ts'
import { assertNoViolations, findAllViolations } from '../../integrity/violations.ts'
import { findTable, type Index, qualifiedName, type Snapshot } from '../../schema/model.ts'
import { readSnapshot } from '../../schema/read-snapshot.ts'
import type { ReadSession } from '../../target/session.ts'
import { openWriteSession } from '../../target/write-session.ts'
import { assertNothingDifferent, type Difference, differenceOf } from '../difference.ts'
import { readRowEstimates } from '../estimate.ts'
import type { Lock } from '../lock/lock.ts'
import type { NamedStatement } from '../named-statements.ts'
import { constraintStatement, indexStatement, switchStatement } from '../statements.ts'
import type { ApplyRunner } from './ddl-speed.ts'
import { indexSettings } from './index-settings.ts'
import { analyzeUntilSeen } from './seen-statistics.ts'
import { withSettings } from './settings.ts'
import { analyzeSteps, bySize } from './statistics-steps.ts'
import { type Phase, planStep, type Step } from './step.ts'
import { runSteps, type StepRunner } from './step-runner.ts'
import { readCheckSwitch } from './switch.ts'
import { waitForJobs } from './watch-jobs.ts'

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

/** The difference to the lock, read when no DDL job is left over from an earlier run. Throws TABLE_MISSING or SCHEMA_DIFFERENT. */
const readSettledDifference = async (runner: StepRunner, lock: Lock) => {
  await using session = await openWriteSession(runner.server)
  await waitForJobs(session, runner.say)
  const snapshot = await readSnapshot(session)
  assertTablesThere(lock, snapshot)
  const difference = differenceOf(lock.adds, snapshot)
  assertNothingDifferent(difference)
  if ('permit' in runner.server) {
    const { address, permit } = runner.server
    assertAsRehearsed(await assertRequest(address, permit, 'write'), lock, snapshot, permit.targetName)
  }
  await recordFirstBefore(runner.ledger, session, snapshot)
  return { snapshot, difference }
}

const assertNoneViolated = async (
  session: ReadSession,
  snapshot: Snapshot,
  { constraints }: Difference,
  remedies: readonly NamedStatement[],
): Promise<void> => {
  const enforced = constraints.missing.filter((constraint) => constraint.enforced)
  assertNoViolations(await findAllViolations(session, snapshot, enforced, remedies))
}

// ANALYZE leaves a multi-valued index out, so it never has statistics of its own.
const hasStatistics = ({ parts }: Index) =>
  !parts.some((part) => 'expression' in part && /\barray\)$/i.test(part.expression))

// SHOW STATS_HISTOGRAMS goes by names, and for a while takes the statistics of a dropped index for those of the
// one that was added under its name; ids tell them apart. A partitioned table may have them by partition alone.
const indexesWithStatistics = `
  SELECT i.TABLE_NAME AS \`table\`, i.KEY_NAME AS name
    FROM information_schema.tidb_indexes i
    JOIN (SELECT TABLE_NAME, TIDB_TABLE_ID AS id FROM information_schema.tables
           WHERE LOWER(TABLE_SCHEMA) = LOWER(DATABASE())
          UNION ALL
          SELECT TABLE_NAME, TIDB_PARTITION_ID FROM information_schema.partitions
           WHERE LOWER(TABLE_SCHEMA) = LOWER(DATABASE()) AND TIDB_PARTITION_ID IS NOT NULL) t
      ON t.TABLE_NAME = i.TABLE_NAME
    JOIN mysql.stats_histograms h
      ON h.table_id = t.id AND h.hist_id = i.INDEX_ID AND h.is_index = 1 AND h.stats_ver > 0
   WHERE LOWER(i.TABLE_SCHEMA) = LOWER(DATABASE())`

/** Tables of the lock on which an index has no statistics yet, for example because a run was killed before ANALYZE. */
const tablesWithoutStatistics = async (session: ReadSession, lock: Lock): Promise<string[]> => {
  const known = await session.rows(z.object({ table: z.string(), name: z.string() }), indexesWithStatistics)
  const names = new Set(known.map((row) => qualifiedName(row).toLowerCase()))
  const lacking = lock.adds.indexes.filter(
    (index) => hasStatistics(index) && !names.has(qualifiedName(index).toLowerCase()),
  )
  return [...new Set(lacking.map(({ table }) => table))]
}

const indexSteps = (phase: Phase, { indexes }: Difference, rows: ReadonlyMap<string, number>): Step[] => [
  ...indexes.present.map((index) => planStep(phase, 'index', index, indexStatement(index), 'already')),
  ...bySize(indexes.missing, rows).map((index) => planStep(phase, 'index', index, indexStatement(index))),
]

/**
 * Part A: adds the indexes of the lock that are missing, then refreshes the statistics of each table
 * that has a new one. A run that follows a finished one has nothing to do. Throws VIOLATING_ROWS before the
 * first step when rows would stop Part B, so that a migration is not left half-way.
 */
export const applyIndexes = async (
  runner: ApplyRunner,
  lock: Lock,
  remedies: readonly NamedStatement[],
  phase: Phase,
): Promise<Step[]> => {
  const { snapshot, difference } = await readSettledDifference(runner, lock)
  await using session = await openWriteSession(runner.server)
  await assertNoneViolated(session, snapshot, difference, remedies)
  const stale = await tablesWithoutStatistics(session, lock)
  const rows = await readRowEstimates(session)
  const { missing } = difference.indexes
  const steps = indexSteps(phase, difference, rows)
  // The statistics of a table come after its last index: without them query plans can get worse (#57948).
  const changed = new Set([...missing.map(({ table }) => table), ...stale])
  const tables = [...new Set(lock.adds.indexes.map(({ table }) => table))].filter((table) =>
    changed.has(table),
  )
  const { large, small } = analyzeSteps(phase, tables, rows)
  const wanted = await indexSettings(session, snapshot, missing, runner.speed)
  // Without await the connection would be closed before it is read.
  return await withSettings(runner, session, phase, wanted, async () => [
    ...(await runSteps(runner, [...steps, ...large])),
    ...(await runSteps(runner, small)),
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
  const { snapshot, difference } = await readSettledDifference(runner, lock)
  await using session = await openWriteSession(runner.server)
  await assertNoneViolated(session, snapshot, difference, remedies)
  const { present, missing } = difference.constraints
  const rows = await readRowEstimates(session)
  const isOn = await readCheckSwitch(session)
  const place = { table: '', name: 'tidb_enable_check_constraint' }
  const turnOn = planStep(phase, 'switch', place, switchStatement(true), isOn ? 'already' : 'planned')
  if (!isOn && missing.length > 0)
    runner.say('tidb_enable_check_constraint is OFF; Part B turns it ON for the whole cluster')
  const done = missing.length > 0 ? await runSteps(runner, [turnOn]) : []
  return [
    ...done,
    ...(await runSteps(runner, [
      ...present.map((item) => planStep(phase, 'constraint', item, constraintStatement(item), 'already')),
      ...bySize(missing, rows).map((item) => planStep(phase, 'constraint', item, constraintStatement(item))),
    ])),
  ]
}
