import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { RunFolder } from '../../helpers/core/record/run-folder.ts'
import { type TrafficPhase, trafficLog } from '../../helpers/core/record/traffic.ts'
import type { SuiteOutcome } from '../../helpers/run/suite-process.ts'
import { processesRecord } from '../../helpers/traffic/live.ts'
import { expectRed } from '../support/faults/fault.ts'
import { type Fixture, type Spec, startFixture, startMigratedFixture } from '../support/fixture.ts'
import { until } from '../support/until.ts'

// Both migrate anew, on two cores that others may want as well.
const slow = { timeout: 600_000 }

let fixture: Fixture
beforeAll(async () => {
  fixture = await startMigratedFixture({ traffic: 'on' })
})
afterAll(async () => fixture[Symbol.asyncDispose]())

const run = () => new RunFolder(fixture.runDir)
const processes = () => processesRecord.read(run())
const record = () => join(fixture.runDir, trafficLog.name)
const linesNow = () => trafficLog.read(run()).length
const isAlive = (pid: number): boolean => existsSync(`/proc/${pid}`)

const phasesNow = (phase: TrafficPhase) =>
  trafficLog.read(run()).filter((line) => line.phase === phase).length

/** Runs sections, with the rows that buyers need locked for 4 s from the first of the migration's own steps on. */
const whileMigrating = async (
  specs: readonly Spec[],
  begins: TrafficPhase,
  afterwards = async () => {},
): Promise<SuiteOutcome> => {
  const before = phasesNow(begins)
  await using session = await fixture.connect()
  await session.run('SET GLOBAL innodb_lock_wait_timeout = 1')
  const running = fixture.run(specs)
  await until(`the end of the phase ${begins}`, () => phasesNow(begins) > before, 120_000)
  await session.run('BEGIN')
  await session.run("SELECT 1 FROM TicketType WHERE type_name LIKE 'Traffic %' FOR UPDATE")
  await sleep(4000)
  await session.run('ROLLBACK')
  await afterwards()
  const outcome = await running
  await session.run('SET GLOBAL innodb_lock_wait_timeout = 50')
  return outcome
}

/** Runs the section, with something done to it as soon as its buyers are warm. Its phases are off the record afterwards. */
const whileServed = async (disturb: () => Promise<void>): Promise<SuiteOutcome> => {
  const kept = readFileSync(record())
  const before = linesNow()
  const running = fixture.run(['application'])
  await until('the warm-up', () => linesNow() > before)
  await disturb()
  const outcome = await running
  writeFileSync(record(), kept)
  return outcome
}

test('buyers are served without an error while the migration is applied and rolled back', slow, async () => {
  const outcome = await fixture.run(['integrity', 'application', 'rollback'])
  expect(outcome.red, outcome.tail).toEqual([])
  const phases = trafficLog.read(run()).filter(({ phase }) => phase !== 'warm-up')
  expect(phases.map(({ phase, errors }) => `${phase} ${errors}`)).toEqual([
    'before 0',
    'indexes 0',
    'constraints 0',
    'after 0',
    'rollback 0',
  ])
  expect(outcome.summary?.traffic).toHaveLength(linesNow())
  expect(outcome.summary?.claims).toContainEqual(
    // Held or refuted is a matter of the machine as well: drills share two cores.
    expect.objectContaining({
      claim: expect.stringMatching(/^No downtime/),
      measured: expect.stringMatching(/^indexes: 0 of \d+ requests failed, .*; constraints: 0 of \d+/),
    }),
  )
  expect(outcome.output).toMatch(/buyers beside the migration\n +phase +requests +errors/)
})

test('somebody keeps rows locked that the buyers need: requests that get no answer are errors', async () => {
  await using session = await fixture.connect()
  const outcome = await whileServed(async () => {
    await session.run('BEGIN')
    await session.run("SELECT 1 FROM TicketType WHERE type_name LIKE 'Traffic %' FOR UPDATE")
  })
  await session.run('ROLLBACK')
  expectRed(outcome, {
    red: ['application.traffic[after]'],
    says: /REQUESTS_FAILED: \d+ of \d+ requests failed:[\s\S]*buy: no answer in 10 s/,
  })
})

test('somebody locks rows while indexes are added: what the buyers lost meanwhile is red', slow, async () => {
  await fixture.sql('ALTER TABLE TicketType DROP INDEX idx_event_price')
  const kept = readFileSync(record())
  const outcome = await whileMigrating(['indexes', 'application'], 'before')
  writeFileSync(record(), kept)
  expectRed(outcome, {
    red: ['application.traffic[indexes]'],
    says: /REQUESTS_FAILED: [\s\S]*buy: 500: .*Lock wait timeout exceeded/,
  })
  expect(outcome.summary?.claims).toContainEqual(
    expect.objectContaining({ claim: expect.stringMatching(/^No downtime/), verdict: 'refuted' }),
  )
})

test('a table is gone for a moment: each refused request is an error', async () => {
  const outcome = await whileServed(async () => {
    await fixture.sql('RENAME TABLE Payment TO Payment_gone')
    await sleep(1500)
    await fixture.sql('RENAME TABLE Payment_gone TO Payment')
  })
  expectRed(outcome, {
    red: ['application.traffic[after]'],
    says: /REQUESTS_FAILED: [\s\S]*500: .*payment' doesn't exist/i,
  })
})

test('the application is killed: that is said, and its requests are errors', async () => {
  const outcome = await whileServed(async () => {
    process.kill(processes().application, 'SIGKILL')
  })
  expectRed(outcome, {
    red: ['application.traffic[after]'],
    says: /APPLICATION_DOWN: The application ended while buyers asked it: SIGKILL[\s\S]*(?:the connection was cut|ECONNREFUSED|ECONNRESET)/,
  })
})

test('the buyers are killed: the section that waits for them is red', async () => {
  const outcome = await whileServed(async () => {
    process.kill(processes().buyers, 'SIGKILL')
  })
  expectRed(outcome, {
    red: ['application.calm'],
    says: /CHILD_ENDED: helpers\/traffic\/generator\.ts ended before it answered: SIGKILL/,
  })
})

test.skipIf(process.platform !== 'linux')(
  'a run that is killed leaves neither application nor buyers behind',
  async () => {
    const before = linesNow()
    await fixture.run(['application'], {}, { killWhen: () => linesNow() > before })
    const { application, buyers } = processes()
    await until('the end of both', () => !isAlive(application) && !isAlive(buyers))
    const outcome = await fixture.run(['application'])
    expect(outcome.red, outcome.tail).toEqual([])
  },
)

test('the application is killed between two phases: the next one says so', slow, async () => {
  const kept = readFileSync(record())
  const before = phasesNow('after')
  const running = fixture.run(['application', 'rollback'])
  await until('the end of the phase after', () => phasesNow('after') > before, 120_000)
  process.kill(processes().application, 'SIGKILL')
  const outcome = await running
  writeFileSync(record(), kept)
  expectRed(outcome, {
    red: ['rollback.traffic[rollback]', 'rollback.traffic[warm-up]'],
    says: /APPLICATION_DOWN: The application ended while buyers asked it: SIGKILL/,
  })
})

test('a row that is not the buyers` own is compared as ever', async () => {
  const change = (by: string) =>
    fixture.sql(
      `UPDATE Event SET total_capacity = total_capacity ${by}, updated_at = updated_at WHERE event_id = 3`,
    )
  await change('+ 1')
  expectRed(await fixture.run(['integrity']), {
    red: ['integrity.rows-unchanged[Event]'],
    says: /ROWS_CHANGED: The rows of Event/,
  })
  await change('- 1')
  expect((await fixture.run(['integrity'])).red).toEqual([])
})

test('a ticket is deleted by hand', async () => {
  await fixture.sql("DELETE FROM Ticket WHERE ticket_code LIKE 'TRAFFIC-%' LIMIT 1")
  expectRed(await fixture.run(['application']), {
    red: ['application.purchases'],
    says: /PURCHASES_WRONG[\s\S]*1 ticket types whose sold_quantity[\s\S]*1 orders whose tickets are missing/,
  })
})

test('an order is doubled by hand', async () => {
  await fixture.sql(`INSERT INTO \`Order\` (user_id, order_code, total_amount, final_amount)
    SELECT user_id, CONCAT(order_code, '-again'), total_amount, final_amount FROM \`Order\`
     WHERE order_code LIKE 'TRAFFIC-%' LIMIT 1`)
  expectRed(await fixture.run(['application']), {
    red: ['application.purchases'],
    says: /PURCHASES_WRONG[\s\S]*1 purchases are there that nobody made: TRAFFIC-\w+-\d+-again/,
  })
})

const loseOne = "DELETE FROM `Order` WHERE order_code LIKE 'TRAFFIC-%' AND order_status = 'PAID' LIMIT 1"
test('a purchase is lost', async () => {
  await fixture.sql(loseOne)
  expectRed(await fixture.run(['application']), {
    red: ['application.purchases'],
    says: /PURCHASES_WRONG[\s\S]*1 purchases were acknowledged and are lost: TRAFFIC-/,
  })
})

test(
  'somebody locks rows while the rollback runs, and loses a purchase behind it: both are red',
  slow,
  async () => {
    const outcome = await whileMigrating(['rollback'], 'warm-up', () => fixture.sql(loseOne))
    expectRed(outcome, {
      red: ['rollback.traffic[rollback]', 'rollback.purchases'],
      says: /REQUESTS_FAILED: [\s\S]*buy: 500: .*Lock wait timeout exceeded/,
    })
    // The other one is that of the drill before.
    expect(outcome.reasonOf('rollback.purchases')).toMatch(
      /PURCHASES_WRONG[\s\S]*2 purchases were acknowledged and are lost: TRAFFIC-/,
    )
  },
)

test(
  'a run that migrated without buyers has no figures; the speed it was told is the server`s for Part A only',
  slow,
  async () => {
    await using other = await startFixture({ traffic: 'on' })
    const speed = { DDL_WORKERS: '7', DDL_BATCH_SIZE: '512' }
    await other.run(['preflight', 'indexes', 'constraints'], { TRAFFIC: 'off', ...speed })
    const outcome = await other.run(['application'])
    expectRed(outcome, {
      red: ['before', 'constraints', 'indexes'].map((phase) => `application.traffic[${phase}]`),
      says: /TRAFFIC_MISSING: There are no figures of the phase "before"/,
    })
    expect(outcome.summary?.claims).toContainEqual(expect.objectContaining({ verdict: 'unchecked' }))
    const settings = outcome.summary?.steps.filter(
      ({ kind, sql }) => kind === 'setting' && sql.includes('reorg'),
    )
    expect(settings?.map(({ sql, status }) => `${sql} ${status}`)).toEqual(
      [4, 7, 256, 512].map((value) =>
        expect.stringMatching(new RegExp(`^SET GLOBAL tidb_ddl_reorg_\\w+ = ${value} done$`)),
      ),
    )
  },
)
