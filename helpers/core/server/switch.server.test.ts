import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { adds, baseline, openTarget } from '../../../drills/support/test-apply.ts'
import { lockOf, rejectionOf } from '../../../drills/support/test-migration.ts'
import { applyConstraints } from '../../migrate/apply/apply.ts'
import { rollBack } from '../../migrate/apply/rollback.ts'
import { sendStep } from '../../migrate/apply/steps/send-step.ts'
import { constraintStatement, switchStatement } from '../../migrate/folder/statements.ts'
import type { Lock } from '../../migrate/lock/lock.ts'
import { planStep, type Step } from '../../migrate/step/step.ts'
import { describeChanges } from '../schema/changes.ts'
import type { Engine } from './embedded/engine.ts'
import { startEngineFor } from './start.ts'
import { readCheckSwitch } from './switch.ts'
import { openWriteSession } from './write-session.ts'

// An engine of its own: the switch is global, and the tests beside this one need it ON.
let engine: Engine
let lock: Lock
beforeAll(async () => {
  engine = await startEngineFor({ TIDB_SERVER_BIN: process.env['TIDB_SERVER_BIN'] }, () => {})
  lock = await lockOf(baseline, adds)
})
afterAll(() => engine.stop())

const openTargetWith = async (on: boolean) => {
  const database = `switch_${randomUUID().slice(0, 8)}`
  await using admin = await openWriteSession(engine)
  await admin.script(`CREATE DATABASE ${database}; ${switchStatement(on)}`)
  return openTarget('', { ...engine, address: { ...engine.address, database } })
}

const switchId = 'tidb_enable_check_constraint'

describe('the CHECK switch', () => {
  test.each([true, false])(
    'is turned on for Part B; the rollback leaves it as somebody left it, and puts back only its own turn: before, it was %s',
    async (on) => {
      await using target = await openTargetWith(on)
      const [run, before] = [target.newRun(), await target.snapshot()]
      expect(await readCheckSwitch(target.session)).toBe(on)
      const done = await applyConstraints(run.runner, lock, [], 'apply')
      expect(await readCheckSwitch(target.session)).toBe(true)
      expect(done.map(({ kind }) => kind)).toEqual([
        ...(on ? [] : ['switch']),
        ...Array(4).fill('constraint'),
      ])
      const warned = run.said.some((line) => line.includes('turns it ON for the whole cluster'))
      expect(warned).toBe(!on)
      expect(run.states()[0]).toBe(`${on ? 'already' : 'planned'} apply:switch:${switchId}`)

      // Somebody turns it off meanwhile; then DROP CONSTRAINT would only warn (#64891).
      await target.session.run(switchStatement(false))
      const undone = await rollBack(run.runner, lock, on)
      expect(undone.map(({ id }) => id)).toEqual([
        `rollback:switch:${switchId} ON`,
        ...undone.filter(({ kind }) => kind === 'constraint').map(({ id }) => id),
        `rollback:switch:${switchId} as before`,
      ])
      expect(undone.filter(({ kind }) => kind === 'constraint')).toHaveLength(4)
      expect(await readCheckSwitch(target.session)).toBe(false)
      expect(describeChanges(before, await target.snapshot())).toEqual([])
    },
  )

  test('is not touched where no constraint is missing', async () => {
    await using target = await openTargetWith(true)
    await applyConstraints(target.newRun().runner, lock, [], 'apply')
    await target.session.run(switchStatement(false))
    const run = target.newRun()
    expect(await applyConstraints(run.runner, lock, [], 'apply')).toEqual([])
    expect(await readCheckSwitch(target.session)).toBe(false)
    expect(await rollBack(run.runner, lock, false)).toEqual([])
  })

  test('that somebody turns off after it was read fails the step, which would be lost without a word', async () => {
    await using target = await openTargetWith(false)
    const [constraint] = lock.adds.constraints
    if (constraint === undefined) throw new Error('no constraint')
    const step = planStep('apply', 'constraint', constraint, constraintStatement(constraint))
    const logged: Step[] = []
    const { code, message } = await rejectionOf(sendStep(target.session, step, (item) => logged.push(item)))
    expect(code).toBe('STEP_FAILED')
    expect(message).toMatch(
      /Warning 1105: .*switch[\s\S]*added nothing[\s\S]*next: Find out who turns it OFF/,
    )
    expect(logged.map(({ status }) => status)).toEqual(['running', 'failed'])
    expect(logged.at(-1)?.warnings).toEqual([expect.objectContaining({ code: 1105 })])
  })
})
