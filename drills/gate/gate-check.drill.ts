import { globSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { drillDatabase } from '../support/fixture.ts'
import { expectOnlyReads, forgetStatements } from '../support/sent-statements.ts'
import { oddPassword, type StandIn, startStandIn } from '../support/stand-in.ts'
import { expectReadable } from '../support/terminal.ts'

let prod: StandIn
beforeAll(async () => {
  prod = await startStandIn()
})
afterAll(async () => prod[Symbol.asyncDispose]())

const check = (variables: Record<string, string> = {}, specs: readonly string[] = []) =>
  prod.run({ ...prod.as('migration_check'), ...variables }, specs)
/** What the preflight alone tells of an account; such a run is never green, and need not be. */
const checkAccount = (variables: Record<string, string> = {}) => check(variables, ['specs/01-preflight'])

const readable = (file: string): string => {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    // The process has ended meanwhile.
    return ''
  }
}

/** What anybody on the machine and on the server can see of a run while it lasts. */
const watchRun = async () => {
  const session = await prod.connect()
  let [isOver, most, seesPassword] = [false, 0, false]
  const loop = (async () => {
    while (!isOver) {
      const sql = "SELECT COUNT(*) AS n FROM information_schema.processlist WHERE USER = 'migration_check'"
      const { n } = await session.row(z.object({ n: z.number() }), sql)
      most = Math.max(most, n)
      seesPassword ||= globSync('/proc/[0-9]*/cmdline').some((file) => readable(file).includes('4s"s'))
      await sleep(20)
    }
  })()
  return async () => {
    isOver = true
    await loop
    await session[Symbol.asyncDispose]()
    return { most, seesPassword }
  }
}

test('MODE=check sends statements that read and no others, over two connections at most', async () => {
  await forgetStatements(prod)
  const watched = await watchRun()
  const outcome = await check()
  const { most, seesPassword } = await watched()
  expect(outcome.red, outcome.tail).toEqual([])
  expect(most).toBeGreaterThan(0)
  expect(most).toBeLessThanOrEqual(2)
  expect(oddPassword).toContain('4s"s')
  expect(seesPassword).toBe(false)
  await expectOnlyReads(prod, 'migration_check')
  expectReadable(outcome, 60)
})

test('the prefix of TiDB Cloud before the name of an account is part of it', async () => {
  const account = '4x7YzQ1aBc.migration_check'
  await prod.sql(`RENAME USER 'migration_check'@'%' TO '${account}'@'%'`)
  const outcome = await check({
    DATABASE_URL: prod.urlOf('migration_check').replace('migration_check', account),
  })
  await prod.sql(`RENAME USER '${account}'@'%' TO 'migration_check'@'%'`)
  expect(outcome.red, outcome.tail).toEqual([])
  expect(outcome.summary?.checks.find(({ id }) => id === 'preflight.privileges')?.evidence).toMatchObject({
    account: `${account}@%`,
    lacks: [],
  })
})

test('it lists what apply would run: the steps with an estimate, and the settings of the server with their way back', async () => {
  await prod.sql('SET GLOBAL tidb_ddl_reorg_worker_cnt = 5')
  const outcome = await check({ EXPECT: 'before', DDL_WORKERS: '2', VERBOSE: '1' })
  await prod.sql('SET GLOBAL tidb_ddl_reorg_worker_cnt = DEFAULT')
  expect(outcome.red, outcome.tail).toEqual([])
  const steps = outcome.summary?.steps ?? []
  expect(steps.filter(({ kind }) => kind === 'setting').map(({ sql }) => sql)).toEqual([
    'SET GLOBAL tidb_ddl_reorg_worker_cnt = 2',
    'SET GLOBAL tidb_ddl_reorg_worker_cnt = 5',
  ])
  expect(steps.every(({ status, estimateMs = 0 }) => status === 'planned' && estimateMs > 0)).toBe(true)
  expect(outcome.output).toMatch(/about +[\d.]+ s {2}SET GLOBAL tidb_ddl_reorg_worker_cnt = 2/)
  expect(outcome.output).toMatch(/about +[\d.]+ s {2}ALTER TABLE `Order` ADD /)
  expect(outcome.output).toMatch(/about +[\d.]+ s {2}in all, several tables side by side\n +by defaults/)
})

test('what would read more rows than the budget is skipped, and says so', async () => {
  const outcome = await check({ CHECK_BUDGET_ROWS: '100' })
  expect(outcome.red, outcome.tail).toEqual([])
  const skipped = outcome.summary?.checks.filter(({ reason }) =>
    /more than CHECK_BUDGET_ROWS=100/.test(reason ?? ''),
  )
  const families = [
    ...new Set(skipped?.map(({ id }) => id.replace(/\[.*|(?<=audit)-.*|(?<=benchmark-before)\..*/, ''))),
  ]
  expect(families.toSorted()).toEqual([
    'benchmark-before',
    'integrity.audit',
    'integrity.index-consistency',
    'postconditions.views',
    'preflight.views',
  ])
  // Violating rows and orphans are looked for in chunks, whatever the budget.
  expect(outcome.summary?.answer).toMatch(/^ready as far as it was looked at; not on all rows: /)
})

test('a time zone of the machine, and a time zone and sql_mode of the server, change nothing', async () => {
  await prod.sql(
    "SET GLOBAL sql_mode = 'ANSI_QUOTES,PIPES_AS_CONCAT,NO_BACKSLASH_ESCAPES'",
    "SET GLOBAL time_zone = '-11:00'",
  )
  const outcome = await check({ TZ: 'Pacific/Kiritimati', EXPECT: 'before' })
  await prod.sql('SET GLOBAL sql_mode = DEFAULT', "SET GLOBAL time_zone = 'SYSTEM'")
  expect(outcome.red, outcome.tail).toEqual([])
  expect(outcome.summary?.answer).toBe('ready')
})

test('a missing privilege is named', async () => {
  await prod.sql("REVOKE SHOW VIEW ON `ticketbookingdb`.* FROM 'migration_check'@'%'")
  const outcome = await checkAccount()
  await prod.sql("GRANT SHOW VIEW ON `ticketbookingdb`.* TO 'migration_check'@'%'")
  expect(outcome.red, outcome.tail).toContain('preflight.privileges')
  expect(outcome.reasonOf('preflight.privileges')).toMatch(
    /PRIVILEGES_MISSING: migration_check@% lacks: SHOW VIEW/,
  )
})

describe('an account that may do too much', () => {
  test('is warned about: root', async () => {
    await prod.sql(`ALTER USER 'root'@'%' IDENTIFIED BY ''`)
    const url = `mysql://root:@localhost:${prod.engine.address.port}/${drillDatabase}`
    const outcome = await checkAccount({ DATABASE_URL: url })
    expect(outcome.red, outcome.tail).toEqual([])
    expect(outcome.output).toMatch(
      /warning: the account is root@%, which may do everything; sql\/grants\.sql makes/,
    )
  })
  test('is warned about: one that can write', async () => {
    const outcome = await checkAccount({ DATABASE_URL: prod.urlOf('migration_apply') })
    expect(outcome.output).toMatch(
      /warning: the account migration_apply@% holds more than is needed: .*ALTER/,
    )
  })
  test('and the one of sql/grants.sql is not', async () => {
    const outcome = await checkAccount()
    expect(outcome.red, outcome.tail).toEqual([])
    expect(outcome.output).not.toContain('warning: the account')
  })
})
