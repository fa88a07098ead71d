import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { testServer } from '../../../drills/support/test-server.ts'
import { openTestSchema, type TestSchema } from '../../../drills/support/test-shapes.ts'
import { qualifiedName } from '../../core/schema/model.ts'
import { readSnapshot } from '../../core/schema/read-snapshot.ts'
import { openRawWriteSession, openReadSession } from '../../core/server/session.ts'
import { analyzeLoaded } from '../../migrate/data/analyze.ts'
import { askIfThere } from './available.ts'
import { assertAllUsed, executionsOf, readIndexUse } from './index-use.ts'
import { assertSeen, seenStatements } from './seen.ts'
import { assertSlowLogWorks, readSlowQueries } from './slow-queries.ts'
import { readSeenStatements, type SeenStatement, sinceThen, topByTime } from './statements.ts'
import { assertHealthy, readHealth, reasonNotToJudge } from './statistics-health.ts'
import { assertIndexesGrew, readStorage, totalOf } from './storage.ts'

const rows =
  'WITH RECURSIVE s (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < 900) SELECT i, i, i FROM s'
let schema: TestSchema
beforeAll(async () => {
  schema = await openTestSchema(
    'observed',
    `CREATE TABLE \`Order\` (id INT PRIMARY KEY, a INT, b INT, KEY idx_a (a), KEY idx_b (b));
INSERT INTO \`Order\` ${rows};
CREATE TABLE Fresh (id INT PRIMARY KEY, a INT, b INT);
INSERT INTO Fresh ${rows}`,
  )
  await analyzeLoaded(schema.write, ['Order'])
})
afterAll(() => schema[Symbol.asyncDispose]())

const run = async (sql: string, times: number) => {
  for (let n = 0; n < times; n++) await schema.write.ask(z.unknown(), sql)
}
const found = <T>(answer: { found: T } | { reason: string }): T => {
  if ('found' in answer) return answer.found
  throw new Error(answer.reason)
}
const read = async (): Promise<SeenStatement[]> => found(await readSeenStatements(schema.read))

describe('the statements summary', () => {
  test('tells what ran since, how often, and by which index', async () => {
    await run('SELECT b FROM `Order` WHERE a = 5', 3)
    const before = await read()
    await run('SELECT b FROM `Order` WHERE a = 6', 7)
    await run('SELECT SLEEP(0.02) FROM `Order` WHERE id = 1', 5)
    const since = sinceThen(await read(), before)
    const [first, second] = topByTime(since)
    expect(first).toMatchObject({ text: 'select `sleep` ( ? ) from `order` where `id` = ?', executions: 5 })
    expect(first?.averageMs).toBeGreaterThanOrEqual(20)
    expect(second).toMatchObject({ executions: 7, indexes: ['Order.idx_a'] })
    // What ran once or twice is the suite's own work.
    expect(topByTime(since).every(({ executions }) => executions >= 5)).toBe(true)
  })

  test('is read over the turn of a window: nothing is lost, nothing counted twice', async () => {
    const sql = 'SELECT b FROM `Order` WHERE a = 8'
    const interval = (seconds: number) =>
      schema.write.run(`SET GLOBAL tidb_stmt_summary_refresh_interval = ${seconds}`)
    const used = async () => found(await readIndexUse(schema.read)).get('order.idx_a') ?? 0
    await run(sql, 3)
    const [before, usedBefore] = [await read(), await used()]
    await run(sql, 6)
    await interval(1)
    try {
      await sleep(1_100)
      await run(sql, 2)
      const [top] = topByTime(sinceThen(await read(), before)).filter(({ indexes }) =>
        indexes.includes('Order.idx_a'),
      )
      expect(top?.executions).toBe(8)
      expect((await used()) - usedBefore).toBe(8)
    } finally {
      await interval(86_400)
    }
    const now = await read()
    expect(sinceThen(now, now)).toEqual([])
  })

  test('that is off cannot be asked, and says so', async () => {
    await schema.write.run('SET GLOBAL tidb_enable_stmt_summary = OFF')
    try {
      expect(await readSeenStatements(schema.read)).toEqual({
        reason: 'could not check, tidb_enable_stmt_summary is OFF',
      })
    } finally {
      await schema.write.run('SET GLOBAL tidb_enable_stmt_summary = ON')
    }
  })

  test('without the statements of the run is red', async () => {
    const at = (statements: SeenStatement[]) => ({
      at: '',
      statements: { found: statements },
      slowQueries: { reason: '' },
      storage: [],
    })
    const one = { key: 'k', window: 'x', text: 't', executions: 9, totalMs: 9, maxMs: 1, indexes: [] }
    const seen = seenStatements(at([one]), at([]))
    if ('reason' in seen) throw new Error(seen.reason)
    expect(() => assertSeen(seen)).toThrow(/STATEMENTS_UNSEEN[\s\S]*many times after the migration/)
    const both = seenStatements(at([one]), at([one, { ...one, window: 'y' }]))
    if ('reason' in both) throw new Error(both.reason)
    expect(() => assertSeen(both)).not.toThrow()
  })
})

describe('the use of indexes', () => {
  test('is counted by the statements that ran', async () => {
    const before = found(await readIndexUse(schema.read))
    await run('SELECT a FROM `Order` WHERE a = 7', 4)
    const used = found(await readIndexUse(schema.read))
    const [a, b] = (await readSnapshot(schema.read)).tables
      .flatMap(({ indexes }) => indexes)
      .filter(({ table }) => table === 'Order')
    if (a === undefined || b === undefined) throw new Error('the table has two indexes')
    expect(executionsOf(a, used) - executionsOf(a, before)).toBe(4)
    expect(executionsOf(b, used)).toBe(0)
    const uses = [a, b].map((index) => ({
      index: qualifiedName(index),
      plans: [],
      executions: executionsOf(index, used),
    }))
    expect(() => assertAllUsed(uses)).toThrow(/INDEX_UNUSED_BY_ALL: Nothing uses Order\.idx_b: no plan/)
    const planned = uses.map((use) => ({ ...use, plans: ['a query'] }))
    expect(() => assertAllUsed(planned)).not.toThrow()
  })
})

describe('the slow log', () => {
  test('gets a statement that is slow, and shows it without its values', async () => {
    const { at } = await schema.read.row(z.object({ at: z.string() }), 'SELECT NOW() AS at')
    await run("SELECT SLEEP(1.2), 'a secret' FROM `Order` WHERE id = 1", 1)
    const slow = found(await readSlowQueries(schema.read, at))
    expect(slow.thresholdMs).toBe(300)
    expect(slow.top[0]).toMatchObject({
      text: 'select `sleep` ( ? ) , ? from `order` where `id` = ?',
      count: 1,
    })
    expect(JSON.stringify(slow)).not.toContain('a secret')
  })

  test('is seen to work', async () => {
    expect(await assertSlowLogWorks(schema.write, 300)).toBe(400)
  })

  test('that stays silent is red', async () => {
    await schema.write.run('SET GLOBAL tidb_enable_slow_log = OFF')
    try {
      await expect(assertSlowLogWorks(schema.write, 300)).rejects.toThrow(
        /SLOW_LOG_SILENT: A statement of 400 ms did not come into INFORMATION_SCHEMA\.SLOW_QUERY/,
      )
    } finally {
      await schema.write.run('SET GLOBAL tidb_enable_slow_log = ON')
    }
  })
})

describe('statistics', () => {
  test('are healthy after ANALYZE, and stale after half of the rows have changed', async () => {
    expect(() => assertHealthy('order', [{ table: 'Order', percent: 80, rows: 1000 }], 80)).not.toThrow()
    const health = found(await readHealth(schema.read))
    assertHealthy('Order', health, 80)
    await schema.write.run('UPDATE `Order` SET b = b + 1 WHERE id <= 500')
    await expect
      .poll(
        async () => found(await readHealth(schema.read)).find(({ table }) => table === 'Order')?.percent,
        {
          timeout: 30_000,
        },
      )
      .toBeLessThan(80)
    const stale = found(await readHealth(schema.read))
    expect(() => assertHealthy('Order', stale, 80)).toThrow(
      /STATISTICS_STALE: The statistics of Order are 4\d % healthy; 80 % is the least[\s\S]*next: ANALYZE TABLE `Order`/,
    )
    await schema.write.run('ANALYZE TABLE `Order`')
    assertHealthy('Order', found(await readHealth(schema.read)), 80)
  })

  test('that were never made are red', async () => {
    expect(() => assertHealthy('Fresh', [], 80)).toThrow(/STATISTICS_STALE: Fresh has no statistics/)
    expect(reasonNotToJudge('Fresh', [])).toBeUndefined()
  })

  test('of a table of two rows say nothing: one change is half of them', async () => {
    await schema.write.run('CREATE TABLE Two (id INT PRIMARY KEY, a INT)')
    await schema.write.run('INSERT INTO Two VALUES (1, 1), (2, 2)')
    await schema.write.run('ANALYZE TABLE Two')
    const health = found(await readHealth(schema.read))
    expect(reasonNotToJudge('Two', health)).toMatch(/^Two has 2 rows: /)
    expect(reasonNotToJudge('Order', health)).toBeUndefined()
  })
})

describe('storage', () => {
  test('of indexes grows with an index', async () => {
    const of = async () => (await readStorage(schema.read)).find(({ table }) => table === 'Order')
    const before = await of()
    await schema.write.run('ALTER TABLE `Order` ADD INDEX idx_ab (a, b)')
    const after = await of()
    await schema.write.run('ALTER TABLE `Order` DROP INDEX idx_ab')
    if (before === undefined || after === undefined) throw new Error('there is no table Order')
    assertIndexesGrew(before, after)
    expect(() => assertIndexesGrew(after, before)).toThrow(/STORAGE_NOT_GROWN: Order got new indexes/)
    expect(totalOf([before, after]).dataBytes).toBe(before.dataBytes + after.dataBytes)
  })
})

test('what an account may not see is a reason, and no pass', async () => {
  const { address } = schema
  await schema.write.run(`CREATE USER IF NOT EXISTS 'blind'@'%' IDENTIFIED BY 'pw'`)
  await schema.write.run(`GRANT SELECT ON \`${address.database}\`.* TO 'blind'@'%'`)
  try {
    await using blind = await openReadSession({
      ...testServer().address,
      ...address,
      user: 'blind',
      password: 'pw',
    })
    expect(await readHealth(blind)).toEqual({
      reason: expect.stringMatching(
        /^could not check, SHOW STATS_HEALTHY, which needs SELECT on mysql\.\*.*error 1044/,
      ),
    })
    const onlyOwn = {
      reason: expect.stringMatching(/^could not check, needs PROCESS: in .* blind@% sees only/),
    }
    expect(await readSeenStatements(blind)).toEqual(onlyOwn)
    expect(await readSlowQueries(blind, '2020-01-01')).toEqual(onlyOwn)
    expect(await readIndexUse(blind)).toEqual(onlyOwn)
    // Whatever else a server refuses, as one that lacks the table does.
    const missing = () => blind.rows(z.unknown(), 'SELECT * FROM information_schema.no_such_table')
    expect(await askIfThere('NO_SUCH_TABLE', missing)).toEqual({
      reason: expect.stringMatching(/^could not check, NO_SUCH_TABLE cannot be read here: error 1146/),
    })
  } finally {
    await using admin = await openRawWriteSession(testServer().address)
    await admin.run(`DROP USER 'blind'@'%'`)
  }
})
