import { HarnessError } from '../../core/errors/harness-error.ts'
import { type Constraint, type Index, qualifiedName, type Snapshot } from '../../core/schema/model.ts'
import { readSnapshot } from '../../core/schema/read-snapshot.ts'
import { readCheckSwitch } from '../../core/server/switch.ts'
import { openWriteSession } from '../../core/server/write-session.ts'
import {
  constraintStatement,
  dropConstraintStatement,
  dropIndexStatement,
  indexStatement,
  switchStatement,
} from '../folder/statements.ts'
import { sameConstraint, sameIndex } from '../lock/difference.ts'
import type { Lock } from '../lock/lock.ts'
import { planStep, type Step, stepLog } from '../step/step.ts'
import { waitForJobs } from './jobs/watch-jobs.ts'
import { assertLedger, assertSameDatabase, closeLedger } from './ledger.ts'
import { restoreSettings } from './settings/settings.ts'
import type { StepRunner } from './steps/runner.ts'
import { runSteps } from './steps/step-runner.ts'

const switchPlace = { table: '', name: 'tidb_enable_check_constraint' }

const objectKeyOf = ({ kind, table, name }: Pick<Step, 'kind' | 'table' | 'name'>) =>
  `${kind} ${table}.${name}`.toLowerCase()

const wasSent = ({ status }: Step) => ['running', 'done', 'cut'].includes(status)

/**
 * The steps on record whose work stands, by `kind table.name`; nothing else may be dropped. A step that was sent and has
 * no end on record counts: its run was killed, and the server went on with it.
 */
export const addedOnRecord = (lines: readonly Step[]): Map<string, Step> => {
  const added = new Map<string, Step>()
  for (const step of lines) {
    const isEnd = step.phase === 'rollback' ? step.status === 'done' : step.status === 'failed'
    if (isEnd) added.delete(objectKeyOf(step))
    else if (step.phase !== 'rollback' && wasSent(step)) added.set(objectKeyOf(step), step)
  }
  return added
}

/** What became of the last step of this record that turned the CHECK switch ON; undefined where none did, or it is back. */
const lastTurn = (lines: readonly Step[]): Step['status'] | undefined => {
  let last: Step['status'] | undefined
  for (const { kind, phase, status, restores } of lines) {
    if (kind !== 'switch') continue
    if (phase !== 'rollback') last = ['planned', 'already'].includes(status) ? last : status
    else if (restores !== undefined && status === 'done') last = undefined
  }
  return last
}

/**
 * Whether a step of this record has turned the CHECK switch ON; what others turned is not the migration's to put back. A
 * step without an end is no proof: somebody else may have turned it ON while the run was killed.
 */
export const hasTurnedSwitch = (lines: readonly Step[]): boolean => lastTurn(lines) === 'done'

const saySwitchStays = ({ say }: StepRunner, lines: readonly Step[], isOn: boolean): void => {
  const last = lastTurn(lines)
  if (!isOn || (last !== 'running' && last !== 'cut')) return
  say(
    `tidb_enable_check_constraint stays ON: a run was stopped while it turned it ON, so nobody knows who did; if nobody needs it: ${switchStatement(false)};`,
  )
}

// Somebody may have made it invisible or not enforced since: it is still what was added.
const asAdded = (sql: string) =>
  sql
    .replace(' /*!80000 INVISIBLE */', '')
    .replace(/ NOT ENFORCED$/, '')
    .toLowerCase()

interface Ours {
  readonly indexes: readonly Index[]
  readonly constraints: readonly Constraint[]
}

/** What of a schema the steps on record added. Something else that took its name since is not ours. */
const oursIn = ({ tables }: Snapshot, { adds }: Lock, added: ReadonlyMap<string, Step>): Ours => {
  const isOurs = (kind: 'index' | 'constraint', sql: string, item: Index | Constraint, locked: boolean) => {
    const step = added.get(objectKeyOf({ kind, ...item }))
    return step !== undefined && (locked || asAdded(step.sql) === asAdded(sql))
  }
  return {
    indexes: tables
      .flatMap(({ indexes }) => indexes)
      .filter((item) => isOurs('index', indexStatement(item), item, adds.indexes.some(sameIndex(item)))),
    constraints: tables
      .flatMap(({ constraints }) => constraints)
      .filter((item) =>
        isOurs('constraint', constraintStatement(item), item, adds.constraints.some(sameConstraint(item))),
      ),
  }
}

const assertNoneLeft = ({ indexes, constraints }: Ours): void => {
  const left = [...indexes, ...constraints].map(qualifiedName)
  if (left.length === 0) return
  throw new HarnessError('ROLLBACK_INCOMPLETE', {
    what: `What this migration added is still there: ${left.join(', ')}.`,
    why: 'The record of what was added is kept, so the rollback can be run again.',
    next: 'See what the server says of them (SHOW CREATE TABLE, ADMIN SHOW DDL JOBS), and run the rollback again.',
  })
}

/**
 * Drops the indexes and constraints that the steps on record added, and puts the CHECK switch back if they turned it ON.
 * What was there before stays. While the switch is OFF a DROP CONSTRAINT does nothing but warn (#64891), so it is turned
 * on first. Throws NOTHING_RECORDED, STEP_FAILED or ROLLBACK_INCOMPLETE; the record is closed only when nothing is left.
 */
export const rollBack = async (runner: StepRunner, lock: Lock, switchBefore: boolean): Promise<Step[]> => {
  if ('guard' in runner.server) assertLedger(runner.ledger)
  const open = () => openWriteSession(runner.server)
  {
    await using first = await open()
    await assertSameDatabase(runner.ledger, first)
  }
  await waitForJobs(open, runner.say)
  await using session = await open()
  const restored = await restoreSettings(runner, session)
  const lines = stepLog.read(runner.ledger ?? runner.run)
  const added = addedOnRecord(lines)
  const { indexes, constraints } = oursIn(await readSnapshot(session), lock, added)
  const isOn = await readCheckSwitch(session)
  const steps = [
    ...constraints.map((item) => planStep('rollback', 'constraint', item, dropConstraintStatement(item))),
    ...indexes.map((item) => planStep('rollback', 'index', item, dropIndexStatement(item))),
  ]
  const done: Step[] = [...restored]
  if (constraints.length > 0 && !isOn) {
    runner.say(
      'tidb_enable_check_constraint is OFF; the rollback turns it ON, or no constraint would be dropped',
    )
    done.push(
      ...(await runSteps(runner, [
        planStep('rollback', 'switch', switchPlace, switchStatement(true), { value: 'ON' }),
      ])),
    )
  }
  done.push(...(await runSteps(runner, steps)))
  // New ones: a connection that was idle while a step ran may be cut by now.
  await using afterSteps = await open()
  const goesTo = hasTurnedSwitch(lines) ? switchBefore : isOn
  saySwitchStays(runner, lines, goesTo)
  if ((await readCheckSwitch(afterSteps)) !== goesTo) {
    runner.say(`tidb_enable_check_constraint goes back to ${goesTo ? 'ON' : 'OFF'}, as it was before`)
    const back = { value: goesTo ? 'ON' : 'OFF', restores: 'this run' } as const
    done.push(
      ...(await runSteps(runner, [
        planStep('rollback', 'switch', switchPlace, switchStatement(goesTo), back),
      ])),
    )
  }
  await using atEnd = await open()
  assertNoneLeft(oursIn(await readSnapshot(atEnd), lock, added))
  closeLedger(runner.ledger)
  return done
}
