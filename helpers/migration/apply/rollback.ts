import { assertLedger, closeLedger } from '../../gate/ledger.ts'
import { readSnapshot } from '../../schema/read-snapshot.ts'
import { openWriteSession } from '../../target/write-session.ts'
import { differenceOf } from '../difference.ts'
import type { Lock } from '../lock/lock.ts'
import { dropConstraintStatement, dropIndexStatement, switchStatement } from '../statements.ts'
import { restoreSettings } from './settings.ts'
import { planStep, type Step, stepShape, stepsFile } from './step.ts'
import { runSteps, type StepRunner } from './step-runner.ts'
import { readCheckSwitch } from './switch.ts'
import { waitForJobs } from './watch-jobs.ts'

const place = { table: '', name: 'tidb_enable_check_constraint' }

const keyOf = ({ kind, table, name }: Pick<Step, 'kind' | 'table' | 'name'>) =>
  `${kind} ${table}.${name}`.toLowerCase()

/**
 * `kind table.name` of what the steps on record added; nothing else may be dropped. A step that was sent and has no
 * end on record counts: its run was killed, and the server went on with it.
 */
export const addedOnRecord = (lines: readonly Step[]): Set<string> => {
  const added = new Set<string>()
  for (const step of lines) {
    const isEnd = step.phase === 'rollback' ? step.status === 'done' : step.status === 'failed'
    if (isEnd) added.delete(keyOf(step))
    else if (step.phase !== 'rollback' && ['running', 'done'].includes(step.status)) added.add(keyOf(step))
  }
  return added
}

/**
 * Drops the lock's constraints and indexes that this run added, and puts the CHECK switch back.
 * What was there before the run stays. While the switch is OFF a DROP CONSTRAINT does nothing but warn
 * (#64891), so it is turned on first.
 */
export const rollBack = async (runner: StepRunner, lock: Lock, switchBefore: boolean): Promise<Step[]> => {
  if ('permit' in runner.server) assertLedger(runner.ledger)
  await using session = await openWriteSession(runner.server)
  await waitForJobs(session, runner.say)
  const restored = await restoreSettings(runner)
  const { indexes, constraints } = differenceOf(lock.adds, await readSnapshot(session))
  const added = addedOnRecord((runner.ledger ?? runner.run).lines(stepsFile, stepShape))
  const isOurs = (kind: string) => (item: { table: string; name: string }) =>
    added.has(`${kind} ${item.table}.${item.name}`.toLowerCase())
  const dropConstraints = constraints.present
    .filter(isOurs('constraint'))
    .map((item) => planStep('rollback', 'constraint', item, dropConstraintStatement(item)))
  const dropIndexes = indexes.present
    .filter(isOurs('index'))
    .map((item) => planStep('rollback', 'index', item, dropIndexStatement(item)))
  const done: Step[] = [...restored]
  if (dropConstraints.length > 0 && !(await readCheckSwitch(session))) {
    runner.say(
      'tidb_enable_check_constraint is OFF; the rollback turns it ON, or no constraint would be dropped',
    )
    done.push(
      ...(await runSteps(runner, [
        planStep('rollback', 'switch', { ...place, name: `${place.name} on` }, switchStatement(true)),
      ])),
    )
  }
  done.push(...(await runSteps(runner, [...dropConstraints, ...dropIndexes])))
  if ((await readCheckSwitch(session)) !== switchBefore) {
    runner.say(
      `tidb_enable_check_constraint goes back to ${switchBefore ? 'ON' : 'OFF'}, as it was before this run`,
    )
    done.push(
      ...(await runSteps(runner, [planStep('rollback', 'switch', place, switchStatement(switchBefore))])),
    )
  }
  closeLedger(runner.ledger)
  return done
}
