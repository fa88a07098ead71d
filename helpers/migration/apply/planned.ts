import { readSnapshot } from '../../schema/read-snapshot.ts'
import type { ReadSession } from '../../target/session.ts'
import { differenceOf } from '../difference.ts'
import { readRowEstimates } from '../estimate.ts'
import type { Lock } from '../lock/lock.ts'
import { constraintStatement, indexStatement, switchStatement } from '../statements.ts'
import type { DdlSpeed } from './ddl-speed.ts'
import { indexSettings } from './index-settings.ts'
import { planSettings } from './settings.ts'
import { analyzeSteps, bySize } from './statistics-steps.ts'
import { planStep, type Step } from './step.ts'
import { readCheckSwitch } from './switch.ts'

/** Steps in the groups in which apply runs them: the next group begins when the last step of the one before has ended. */
export type StepGroups = readonly (readonly Step[])[]

/** The steps of Part A as apply would run them at this speed, with the settings of the server that it changes and puts back. Reads only. */
export const planIndexes = async (
  session: ReadSession,
  lock: Lock,
  speed?: DdlSpeed,
): Promise<StepGroups> => {
  const snapshot = await readSnapshot(session)
  const { missing } = differenceOf(lock.adds, snapshot).indexes
  const rows = await readRowEstimates(session)
  const tables = [...new Set(missing.map(({ table }) => table))]
  const { large, small } = analyzeSteps('apply', tables, rows)
  const wanted = await indexSettings(session, snapshot, missing, speed)
  const { there, back } = await planSettings(session, 'apply', wanted)
  return [
    there,
    [
      ...bySize(missing, rows).map((index) => planStep('apply', 'index', index, indexStatement(index))),
      ...large,
    ],
    small,
    back,
  ]
}

/** The steps of Part B as apply would run them. Reads only. */
export const planConstraints = async (session: ReadSession, lock: Lock): Promise<StepGroups> => {
  const { missing } = differenceOf(lock.adds, await readSnapshot(session)).constraints
  const rows = await readRowEstimates(session)
  const place = { table: '', name: 'tidb_enable_check_constraint' }
  const turnOn =
    missing.length > 0 && !(await readCheckSwitch(session))
      ? [planStep('apply', 'switch', place, switchStatement(true))]
      : []
  return [
    turnOn,
    bySize(missing, rows).map((item) => planStep('apply', 'constraint', item, constraintStatement(item))),
  ]
}
