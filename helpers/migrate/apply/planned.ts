import type { RunFolder } from '../../core/record/run-folder.ts'
import { readRowEstimates } from '../../core/rows/row-estimates.ts'
import type { Constraint, Index, Snapshot } from '../../core/schema/model.ts'
import { readSnapshot } from '../../core/schema/read-snapshot.ts'
import type { ReadSession } from '../../core/server/session.ts'
import { readCheckSwitch } from '../../core/server/switch.ts'
import { constraintStatement, indexStatement, switchStatement } from '../folder/statements.ts'
import { type Difference, differenceOf } from '../lock/difference.ts'
import type { Lock } from '../lock/lock.ts'
import { type Phase, planStep, type Step } from '../step/step.ts'
import type { DdlSpeed } from './settings/ddl-speed.ts'
import { indexSettings } from './settings/index-settings.ts'
import { planSettings } from './settings/settings.ts'
import type { WantedSetting } from './settings/wanted.ts'
import { hasStatistics, pinnedTables, unseenTables } from './statistics/seen-statistics.ts'
import { analyzeSteps, bySize } from './statistics/statistics-steps.ts'

/** Steps in the groups in which apply runs them: the next group begins when the last step of the one before has ended. */
export type StepGroups = readonly (readonly Step[])[]

/** What a database is, and in what it differs from the lock. */
export interface TargetState {
  readonly snapshot: Snapshot
  readonly difference: Difference
}

/** What apply runs, and what of it is there already. */
export interface Plan {
  /** What the server is to be set to meanwhile. */
  readonly settings: readonly WantedSetting[]
  readonly groups: StepGroups
}

const switchPlace = { table: '', name: 'tidb_enable_check_constraint' }

/**
 * Part A: the missing indexes, then the statistics of each table with a new one, or with one of which the planner knows
 * none because a run was killed before ANALYZE. Reads only.
 */
export const planIndexes = async (
  session: ReadSession,
  { adds }: Lock,
  { snapshot, difference }: TargetState,
  phase: Phase,
  how: { readonly speed: DdlSpeed | undefined; readonly isThrowAway: boolean },
): Promise<Plan> => {
  const { present, missing } = difference.indexes
  const rows = await readRowEstimates(session)
  const pinned = await pinnedTables(session)
  const unseen = (await unseenTables(session, present.filter(hasStatistics))).filter(
    (table) => !pinned.has(table.toLowerCase()),
  )
  // The statistics of a table come after its last index: without them query plans can get worse (#57948).
  const changed = new Set([...missing.map(({ table }) => table), ...unseen])
  const tables = [...new Set(adds.indexes.map(({ table }) => table))].filter((table) => changed.has(table))
  const { large, small } = analyzeSteps(phase, tables, rows)
  const step = (index: Index, status: 'planned' | 'already') =>
    planStep(phase, 'index', index, indexStatement(index), { status })
  const there = present.map((index) => step(index, 'already'))
  const added = bySize(missing, rows).map((index) => step(index, 'planned'))
  return {
    settings: await indexSettings(session, snapshot, missing, how),
    groups: [[...there, ...added, ...large], small],
  }
}

/** Part B: the switch where it is OFF and a constraint is missing, then the missing constraints. Reads only. */
export const planConstraints = async (
  session: ReadSession,
  { difference }: TargetState,
  phase: Phase,
): Promise<Plan> => {
  const { present, missing } = difference.constraints
  const rows = await readRowEstimates(session)
  const isOn = await readCheckSwitch(session)
  const turnOn = planStep(phase, 'switch', switchPlace, switchStatement(true), {
    status: isOn ? 'already' : 'planned',
  })
  const step = (item: Constraint, status: 'planned' | 'already') =>
    planStep(phase, 'constraint', item, constraintStatement(item), { status })
  const there = present.map((item) => step(item, 'already'))
  const added = bySize(missing, rows).map((item) => step(item, 'planned'))
  return { settings: [], groups: [missing.length === 0 ? [] : [turnOn], [...there, ...added]] }
}

interface PlannedInput {
  readonly part: 'indexes' | 'constraints'
  readonly speed?: DdlSpeed | undefined
  readonly ledger?: RunFolder | undefined
}

/**
 * All that apply would run now on a server of somebody's own, with the settings of the server that it changes and puts back, and those that an earlier
 * run left changed. Reads only.
 */
export const plannedSteps = async (
  session: ReadSession,
  lock: Lock,
  { part, speed, ledger }: PlannedInput,
): Promise<StepGroups> => {
  const snapshot = await readSnapshot(session)
  const state = { snapshot, difference: differenceOf(lock.adds, snapshot) }
  const { settings, groups } =
    part === 'indexes'
      ? await planIndexes(session, lock, state, 'apply', { speed, isThrowAway: false })
      : await planConstraints(session, state, 'apply')
  const { there, back } = await planSettings(
    session,
    'apply',
    settings,
    part === 'indexes' ? ledger : undefined,
  )
  const isToRun = ({ status }: Step) => status === 'planned'
  return [there, ...groups.map((group) => group.filter(isToRun)), back]
}
