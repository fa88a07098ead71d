import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { adds, baseline, openTarget } from '../../../../drills/support/test-apply.ts'
import { lockOf, rejectionOf } from '../../../../drills/support/test-migration.ts'
import { testServer } from '../../../../drills/support/test-server.ts'
import { openWriteSession } from '../../../core/server/write-session.ts'
import { constraintStatement, indexStatement } from '../../folder/statements.ts'
import type { Lock } from '../../lock/lock.ts'
import { planStep } from '../../step/step.ts'
import { runSteps } from '../steps/step-runner.ts'
import { assertWayTaken, awaitRelied } from './relied.ts'

let lock: Lock
beforeAll(async () => {
  lock = await lockOf(baseline, adds)
})

const set = async (sql: string) => {
  await using session = await openWriteSession(testServer())
  await session.run(sql)
}
const turn = (value: 'ON' | 'OFF') => set(`SET GLOBAL tidb_enable_check_constraint = ${value}`)
const fastReorg = { variable: 'tidb_ddl_enable_fast_reorg', value: 'OFF', mayBeRefused: false }
afterEach(async () => {
  await turn('ON')
  await set('SET GLOBAL tidb_ddl_enable_fast_reorg = ON')
})

const constraintSteps = () =>
  lock.adds.constraints.map((item) => planStep('apply', 'constraint', item, constraintStatement(item)))
const indexSteps = () =>
  lock.adds.indexes.map((item) => planStep('apply', 'index', item, indexStatement(item)))

describe('the CHECK switch, which reaches another server of the cluster late', () => {
  test('is waited for on the connection that adds a constraint: none is dropped in silence', async () => {
    await using target = await openTarget()
    await turn('OFF')
    const run = target.newRun()
    const running = runSteps(run.runner, constraintSteps())
    setTimeout(() => void turn('ON'), 1_000)
    expect((await running).map(({ status, warnings }) => ({ status, warnings }))).toEqual(
      Array(4).fill({ status: 'done', warnings: [] }),
    )
    const tables = (await target.snapshot()).tables
    expect(tables.flatMap(({ constraints }) => constraints)).toHaveLength(4)
  })

  test('that never comes ends the step before it is sent, with what to do', async () => {
    await using target = await openTarget()
    await turn('OFF')
    const [step] = constraintSteps()
    if (step === undefined) throw new Error('no step')
    const { code, message } = await rejectionOf(awaitRelied(target.session, step, [], 1_000))
    expect(code).toBe('STEP_FAILED')
    expect(message).toMatch(
      /ck_item[\s\S]*why: .*tidb_enable_check_constraint .*OFF.* 1 s[\s\S]*Nothing was sent[\s\S]*next: .*turns it/,
    )
  })
})

describe('fast reorg, which has to be OFF', () => {
  test('is waited for on the connection that adds an index', async () => {
    await using target = await openTarget()
    const run = target.newRun()
    const running = runSteps({ ...run.runner, relies: [fastReorg] }, indexSteps())
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    expect(run.states().filter((state) => state.startsWith('running'))).toEqual([])
    await set('SET GLOBAL tidb_ddl_enable_fast_reorg = OFF')
    expect(await running).toHaveLength(4)
  })

  test('is asked of the job too: the server that owns the DDL may not have heard of it yet', async () => {
    await using target = await openTarget()
    const [step] = indexSteps().filter(({ table }) => table === 'Order')
    if (step === undefined) throw new Error('no step')
    await target.session.run(step.sql)
    const { code, message } = await rejectionOf(assertWayTaken(target.session, step, [fastReorg]))
    expect(code).toBe('STEP_FAILED')
    expect(message).toMatch(/add index \/\* .* \*\/[\s\S]*#58036[\s\S]*ADMIN CHECK TABLE `Order`/)
    await assertWayTaken(target.session, step, [])
    await target.session.run('ALTER TABLE `Order` DROP INDEX k_a')
    await set('SET GLOBAL tidb_ddl_enable_fast_reorg = OFF')
    await target.session.run(step.sql)
    await assertWayTaken(target.session, step, [fastReorg])
  })
})
