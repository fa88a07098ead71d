import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { readRowHashes } from '../../helpers/core/rows/row-hash.ts'
import { readSnapshot } from '../../helpers/core/schema/read-snapshot.ts'
import { runSuite } from '../../helpers/run/suite-process.ts'
import { expectRed } from '../support/faults/fault.ts'
import { drillDatabase, type Fixture, startFixture } from '../support/fixture.ts'

let fixture: Fixture
const run = (variables: Record<string, string> = {}) => fixture.run(['benchmark', 'metrics'], variables)

beforeAll(async () => {
  fixture = await startFixture()
  const applied = await fixture.run(['preflight', 'benchmark-before', 'indexes', 'constraints'])
  expect(applied.red, applied.tail).toEqual([])
})
afterAll(async () => fixture[Symbol.asyncDispose]())

const state = async () => {
  await using session = await fixture.connect()
  const schema = await readSnapshot(session)
  const databases = await session.rows(z.object({ Database: z.string() }), 'SHOW DATABASES')
  return { schema, databases, rows: await readRowHashes(session, schema.tables) }
}

test('metrics without the benchmark are red, because a row would have no figure', async () => {
  const outcome = await fixture.run(['metrics'])
  expectRed(outcome, {
    red: ['Event search time', 'Order list time', 'Payment lookup'].map((row) => `metrics.row[${row}]`),
    says: /METRIC_MISSING: Event search time has no figure: event-search was not measured/,
  })
})

test('without a fault all is green, every figure is in summary.json, and nothing is left behind', async () => {
  const before = await state()
  const { red, tail, summary, output } = await run()
  expect(red, tail).toEqual([])
  expect(await state()).toEqual(before)

  const benchmarks = summary?.benchmarks ?? []
  expect(benchmarks).toHaveLength(20)
  for (const { before: was, after, id } of benchmarks)
    expect([id, was?.samples, after?.samples]).not.toContain(undefined)
  expect(benchmarks.find(({ id }) => id === 'payment-call-back')).toMatchObject({
    threshold: 20,
    uses: ['Payment.idx_transaction'],
    reduction: { percent: expect.any(Number), low: expect.any(Number), high: expect.any(Number) },
  })
  expect(benchmarks.find(({ id }) => id === 'sales-per-event')).toMatchObject({
    change: 'no new index',
    uses: [],
  })
  expect(summary?.writes?.map(({ table }) => table).toSorted()).toEqual(
    'AuditLog Discount Event FavoriteEvent Order Payment RefundRequest Seat Ticket TicketType Venue'.split(
      ' ',
    ),
  )
  expect(summary?.metrics?.map(({ metric, verdict }) => [metric, verdict])).toEqual([
    ['Event search time', 'held'],
    ['Order list time', 'held'],
    ['Payment lookup', 'held'],
    ['Total indexes', 'refuted'],
    ['CHECK constraints', 'held'],
    ['Views', 'held'],
    ['Application errors', 'unchecked'],
  ])
  expect(output).toMatch(/Total indexes +~20, then 45\+ +33 +58 +refuted/)
  const evidenceOf = (id: string) => summary?.checks.find((check) => check.id === id)?.evidence
  expect(evidenceOf('metrics.redundant')).toMatchObject({
    madeRedundant: expect.arrayContaining([
      {
        index: 'Order.idx_user',
        coveredBy: 'Order.idx_user_created',
        toDropIt: 'ALTER TABLE `Order` DROP INDEX `idx_user`',
      },
    ]),
  })
  expect(evidenceOf('metrics.statements')).toMatchObject({
    after: expect.arrayContaining([expect.anything()]),
  })
})

describe('turns red when', () => {
  test('a limit is too tight', async () => {
    expectRed(await run({ BENCHMARK_LIMITS: 'event-search=0, v_event_statistics=3' }), {
      red: ['benchmark.event-search', 'benchmark.v_event_statistics'],
      says: /BENCHMARK_OVER_LIMIT: event-search: p95 is [\d.]+ ms over \d+ executions[\s\S]*the limit is 0\.0 ms/,
    })
  })

  test('a limit is set for what nothing measures', async () => {
    const outcome = await run({ BENCHMARK_LIMITS: 'event-serch=50' })
    expect(outcome.summary?.incomplete.join(), outcome.tail).toMatch(
      /BENCHMARK_LIMIT_UNKNOWN[\s\S]*event-serch/,
    )
    expect(outcome.exitCode).not.toBe(0)
  })

  test('a reduction that was asked for is not there', async () => {
    expectRed(await run({ BENCHMARK_REDUCTIONS: 'sales-per-event=50' }), {
      red: ['benchmark.sales-per-event'],
      says: /BENCHMARK_REDUCTION_MISSED: sales-per-event: the migration was to shorten it by 50 % at least, and was not seen to: no new index/,
    })
  })

  test('a write may not take longer than before, and has more indexes to write', async () => {
    const { red, reasonOf, tail } = await run({ BENCHMARK_WRITE_PERCENT: '0' })
    expect(red, tail).not.toEqual([])
    for (const id of red) {
      expect(id).toMatch(/^benchmark\.writes\[/)
      expect(reasonOf(id)).toMatch(
        /WRITES_TOO_SLOW: .*: An (insert|update) takes [\d.]+ times as long as before/,
      )
    }
  })

  test('a new index is a prefix of another one', async () => {
    await fixture.sql('ALTER TABLE Payment ADD INDEX wide (transaction_id, amount)', 'ANALYZE TABLE Payment')
    try {
      expectRed(await fixture.run(['metrics']), {
        red: ['metrics.redundant'],
        says: /INDEX_IN_VAIN: Payment\.idx_transaction is new, and Payment\.wide covers it/,
      })
    } finally {
      await fixture.sql('ALTER TABLE Payment DROP INDEX wide')
    }
  })

  test('statistics are stale', async () => {
    // Below 1,000 rows the server does not analyze by itself.
    await fixture.sql('UPDATE FavoriteEvent SET created_at = created_at + INTERVAL 1 SECOND')
    const health = async () => {
      await using session = await fixture.connect()
      const row = z.object({ Healthy: z.coerce.number() })
      return (await session.row(row, "SHOW STATS_HEALTHY WHERE Table_name = 'FavoriteEvent'")).Healthy
    }
    await expect.poll(health, { timeout: 60_000 }).toBeLessThan(80)
    expectRed(await fixture.run(['metrics']), {
      red: ['metrics.statistics[FavoriteEvent]'],
      says: /STATISTICS_STALE: The statistics of FavoriteEvent are \d+ % healthy; 80 % is the least[\s\S]*next: ANALYZE TABLE `FavoriteEvent`/,
    })
    await fixture.sql('ANALYZE TABLE FavoriteEvent')
  })

  test('the copies for the cost of writes would be made without their constraints', async () => {
    await fixture.sql('SET GLOBAL tidb_enable_check_constraint = OFF')
    try {
      const tables = 'Discount Event Order Payment RefundRequest Ticket TicketType Venue'.split(' ')
      expectRed(await run(), {
        red: tables.map((table) => `benchmark.writes[${table}]`),
        says: /CONSTRAINT_LEFT_OUT: A copy of Discount was made without its constraints/,
      })
    } finally {
      await fixture.sql('SET GLOBAL tidb_enable_check_constraint = ON')
    }
  })
})

test('a server whose statements summary is off is told of, not passed', async () => {
  await fixture.sql('SET GLOBAL tidb_enable_stmt_summary = OFF')
  try {
    const { red, summary, tail } = await run()
    expect(red, tail).toEqual([])
    expect(summary?.checks.find(({ id }) => id === 'metrics.statements')).toMatchObject({
      status: 'skipped',
      reason: 'could not check, tidb_enable_stmt_summary is OFF',
    })
  } finally {
    await fixture.sql('SET GLOBAL tidb_enable_stmt_summary = ON')
  }
})

test('on a server of one`s own it reads only, within its budget, and only the side that it finds', async () => {
  const { host, port, user } = fixture.engine.address
  const check = (variables: Record<string, string> = {}) =>
    runSuite(['specs/01', 'specs/03', 'specs/10', 'specs/12'], {
      TARGET: 'own',
      DATABASE_URL: `mysql://${user}:@${host}:${port}/${drillDatabase}`,
      ALLOW_PLAINTEXT: '1',
      MINIMUM_RELEASE: '7.5.0',
      REPORTS_DIR: `${fixture.runDir}/check`,
      ...variables,
    })
  const before = await state()
  const { red, summary, tail } = await check()
  expect(red, tail).toEqual([])
  expect(await state()).toEqual(before)
  expect(JSON.stringify(summary), 'an address of a customer stands in the report').not.toMatch(
    /\w@[\w.-]*example/,
  )
  const of = (id: string) => summary?.checks.find((item) => item.id === id)
  expect(of('benchmark-before.event-search')?.reason).toMatch(/applied already/)
  expect(of('benchmark.writes[Order]')?.reason).toBe('MODE=check does not do this')
  const search = summary?.benchmarks.find(({ id }) => id === 'event-search')
  expect(search).toMatchObject({ change: 'not compared', threshold: 50, status: 'passed' })
  expect(search?.after?.samples).toBeLessThanOrEqual(20)
  expect(search).not.toHaveProperty('before')

  const tight = await check({ CHECK_BUDGET_ROWS: '100', BENCHMARK_LIMITS: 'user-paid-orders=0' })
  expect(tight.summary?.checks.find(({ id }) => id === 'benchmark.sales-per-event')?.reason).toMatch(
    /^5 executions would read about [\d,]+ rows, more than CHECK_BUDGET_ROWS=100/,
  )
  expect(
    tight.red.filter((id) => id.startsWith('benchmark.')),
    tight.tail,
  ).toEqual(['benchmark.user-paid-orders'])
})

test('turns red when the index of a query is made invisible and its table is large', async () => {
  // Sixty thousand payments, so that reading all of them takes longer than the guide's 20 ms.
  const from = [0, 1, 2, 3, 4, 5].map((n) => 1_000_000 + n * 10_000)
  await fixture.plant(
    ['Payment'],
    'SET SESSION foreign_key_checks = 0',
    'SET SESSION cte_max_recursion_depth = 10000',
    ...from.map(
      (first) => `INSERT INTO Payment (payment_id, order_id, transaction_id, amount, payment_status)
        WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < 10000)
        SELECT ${first} + n, ${first} + n, CONCAT('planted', ${first} + n), 1, 'SUCCESS' FROM s`,
    ),
  )
  const green = await run()
  expect(green.red, green.tail).toEqual([])
  expect(green.summary?.benchmarks.find(({ id }) => id === 'payment-call-back')).toMatchObject({
    change: 'faster',
  })
  await fixture.sql('ALTER TABLE Payment ALTER INDEX idx_transaction INVISIBLE')
  expectRed(await run(), {
    red: ['benchmark.payment-call-back'],
    says: /BENCHMARK_OVER_LIMIT: payment-call-back: p95 is \d+ ms[\s\S]*best of three tries; the limit is 20 ms[\s\S]*TableFullScan/,
  })
})
