import { readSnapshot } from '../../schema/read-snapshot.ts'
import type { ReadSession } from '../../target/session.ts'
import { differenceOf } from '../difference.ts'
import { readRowEstimates, withEstimate } from '../estimate.ts'
import type { Lock } from '../lock/lock.ts'
import { constraintStatement, indexStatement, switchStatement } from '../statements.ts'
import { analyzeSteps, bySize } from './statistics-steps.ts'
import { planStep, type Step } from './step.ts'
import { readCheckSwitch } from './switch.ts'

/** The steps of Part A as apply would run them, with a guess of their time in ms. Reads only. */
export const planIndexes = async (session: ReadSession, lock: Lock): Promise<Step[]> => {
  const { missing } = differenceOf(lock.adds, await readSnapshot(session)).indexes
  const rows = await readRowEstimates(session)
  const tables = [...new Set(missing.map(({ table }) => table))]
  const { large, small } = analyzeSteps('apply', tables, rows)
  return [
    ...bySize(missing, rows).map((index) => planStep('apply', 'index', index, indexStatement(index))),
    ...large,
    ...small,
  ].map((step) => withEstimate(step, rows))
}

/** The steps of Part B as apply would run them, with a guess of their time in ms. Reads only. */
export const planConstraints = async (session: ReadSession, lock: Lock): Promise<Step[]> => {
  const { missing } = differenceOf(lock.adds, await readSnapshot(session)).constraints
  const rows = await readRowEstimates(session)
  const place = { table: '', name: 'tidb_enable_check_constraint' }
  const turnOn =
    missing.length > 0 && !(await readCheckSwitch(session))
      ? [planStep('apply', 'switch', place, switchStatement(true))]
      : []
  return [
    ...turnOn,
    ...bySize(missing, rows).map((item) => planStep('apply', 'constraint', item, constraintStatement(item))),
  ].map((step) => withEstimate(step, rows))
}
