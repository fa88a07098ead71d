import { readSnapshot } from '../../schema/read-snapshot.ts'
import type { ReadSession } from '../../target/session.ts'
import { differenceOf } from '../difference.ts'
import type { Lock } from '../lock/lock.ts'
import { analyzeStatement, constraintStatement, indexStatement, switchStatement } from '../statements.ts'
import { planStep, type Step } from './step.ts'
import { readCheckSwitch } from './switch.ts'

/** The steps of Part A as apply would run them. Reads only. */
export const planIndexes = async (session: ReadSession, lock: Lock): Promise<Step[]> => {
  const { missing } = differenceOf(lock.adds, await readSnapshot(session)).indexes
  const tables = [...new Set(missing.map(({ table }) => table))]
  return [
    ...missing.map((index) => planStep('apply', 'index', index, indexStatement(index))),
    ...tables.map((table) => planStep('apply', 'analyze', { table, name: '' }, analyzeStatement(table))),
  ]
}

/** The steps of Part B as apply would run them. Reads only. */
export const planConstraints = async (session: ReadSession, lock: Lock): Promise<Step[]> => {
  const { missing } = differenceOf(lock.adds, await readSnapshot(session)).constraints
  const place = { table: '', name: 'tidb_enable_check_constraint' }
  const turnOn =
    missing.length > 0 && !(await readCheckSwitch(session))
      ? [planStep('apply', 'switch', place, switchStatement(true))]
      : []
  return [
    ...turnOn,
    ...missing.map((item) => planStep('apply', 'constraint', item, constraintStatement(item))),
  ]
}
