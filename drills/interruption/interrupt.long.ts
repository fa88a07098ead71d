import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { readSnapshot } from '../../helpers/core/schema/read-snapshot.ts'
import { unfinishedJobs } from '../../helpers/migrate/apply/jobs/ddl-jobs.ts'
import { startSuite } from '../../helpers/run/suite-process.ts'
import { drillDatabase } from '../support/fixture.ts'
import { writeTestPass } from '../support/pass.ts'
import { type StandIn, startStandIn } from '../support/stand-in.ts'

let prod: StandIn
beforeAll(async () => {
  prod = await startStandIn()
  await writeTestPass(prod.reports)
})
afterAll(async () => prod[Symbol.asyncDispose]())

const variables = (more: Record<string, string> = {}) => ({
  ...prod.as('migration_apply'),
  MODE: 'apply',
  CONFIRM: drillDatabase,
  BACKUP_EVIDENCE: 'drill',
  REPORTS_DIR: prod.reports,
  ...more,
})

/** An apply whose step on Payment waits for a transaction of somebody else, and a Ctrl-C at that moment. */
const interruptApply = async (onInterrupt: string) => {
  const other = await prod.connect()
  await other.run('BEGIN')
  await other.rows(z.unknown(), 'SELECT payment_id FROM Payment LIMIT 1')
  const suite = startSuite([], variables({ ON_INTERRUPT: onInterrupt, DDL_WORKERS: '5' }))
  await using session = await prod.connect()
  const blocked = async () => (await unfinishedJobs(session)).map(({ table }) => table.toLowerCase())
  await expect.poll(blocked, { timeout: 120_000, interval: 200 }).toEqual(['payment'])
  // Under npx one Ctrl-C comes twice: from the terminal, and from npm.
  suite.kill('SIGINT')
  await sleep(20)
  suite.kill('SIGINT')
  return { suite, other }
}

const indexesOfPayment = async () => {
  await using session = await prod.connect()
  const { tables } = await readSnapshot(session)
  return tables.find(({ name }) => name === 'Payment')?.indexes.map(({ name }) => name)
}

test('Ctrl-C leaves the running job to the server and says so; the next run waits for it and goes on', async () => {
  const { suite, other } = await interruptApply('leave')
  const { exitCode, all = '' } = await suite
  prod.said.push(all)
  expect(all).toMatch(
    /SIGINT: stopping[\s\S]*DDL job \d+ on payment \(ALTER TABLE `Payment` ADD .*\) is left to the server, which goes on with it; the next run waits for it/i,
  )
  expect(all).toMatch(
    /still changed for the whole cluster: .* or type SET GLOBAL tidb_ddl_reorg_worker_cnt = 4;/,
  )
  expect(exitCode).toBe(130)

  const next = startSuite([], variables())
  let said = ''
  next.all?.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  await expect
    .poll(() => said, { timeout: 120_000, interval: 200 })
    .toMatch(/waiting for DDL job \d+ on payment/i)
  await other.run('ROLLBACK')
  await other[Symbol.asyncDispose]()
  const outcome = await next
  prod.said.push(outcome.all ?? '')
  expect(outcome.all).toContain('PASSED  25 of 25 indexes, 21 of 21 constraints enforced')
  expect(outcome.exitCode).toBe(0)
  const back = await prod.run(variables({ MODE: 'rollback' }))
  expect(back.red, back.tail).toEqual([])
})

test('ON_INTERRUPT=cancel cancels the job with the applying account, which has no SUPER, and says so', async () => {
  const { suite, other } = await interruptApply('cancel')
  await using session = await prod.connect()
  const states = async () => (await unfinishedJobs(session)).map(({ state }) => state)
  await expect.poll(states, { timeout: 60_000, interval: 200 }).toEqual(['cancelling'])
  await other.run('ROLLBACK')
  await other[Symbol.asyncDispose]()
  const { exitCode, all = '' } = await suite
  prod.said.push(all)
  expect(all).toMatch(/DDL job \d+ on payment .* is cancelled; the server took back what it had done/i)
  expect(exitCode).toBe(130)
  expect(await indexesOfPayment()).not.toContain('idx_transaction')
})
