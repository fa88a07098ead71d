import { readSnapshot } from '../../schema/read-snapshot.ts'
import { openWriteSession } from '../../target/throw-away.ts'
import { differenceOf } from '../difference.ts'
import type { Lock } from '../lock/lock.ts'
import { dropConstraintStatement, dropIndexStatement, switchStatement } from '../statements.ts'
import { waitForJobs } from './ddl-jobs.ts'
import { latestSteps, planStep, type Step, stepShape, stepsFile } from './step.ts'
import { runSteps, type StepRunner } from './step-runner.ts'
import { readCheckSwitch } from './switch.ts'

const place = { table: '', name: 'tidb_enable_check_constraint' }

/** `table.name` of what the steps of this run added, by kind; nothing else may be dropped. */
const addedByThisRun = (runner: StepRunner): Set<string> => {
  const steps = latestSteps(runner.run.lines(stepsFile, stepShape))
  const added = steps.filter(({ phase, status }) => phase !== 'rollback' && status === 'done')
  return new Set(added.map(({ kind, table, name }) => `${kind} ${table}.${name}`.toLowerCase()))
}

/**
 * Drops the lock's constraints and indexes that this run added, and puts the CHECK switch back.
 * What was there before the run stays. While the switch is OFF a DROP CONSTRAINT does nothing but warn
 * (#64891), so it is turned on first.
 */
export const rollBack = async (runner: StepRunner, lock: Lock, switchBefore: boolean): Promise<Step[]> => {
  await using session = await openWriteSession(runner.server)
  await waitForJobs(session, runner.say)
  const { indexes, constraints } = differenceOf(lock.adds, await readSnapshot(session))
  const added = addedByThisRun(runner)
  const isOurs = (kind: string) => (item: { table: string; name: string }) =>
    added.has(`${kind} ${item.table}.${item.name}`.toLowerCase())
  const dropConstraints = constraints.present
    .filter(isOurs('constraint'))
    .map((item) => planStep('rollback', 'constraint', item, dropConstraintStatement(item)))
  const dropIndexes = indexes.present
    .filter(isOurs('index'))
    .map((item) => planStep('rollback', 'index', item, dropIndexStatement(item)))
  const done: Step[] = []
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
  return done
}
