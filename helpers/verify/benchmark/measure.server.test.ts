import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { testServer, unguarded } from '../../../drills/support/test-server.ts'
import { openRawWriteSession, type ReadSession, type WriteSession } from '../../core/server/session.ts'
import { measure, measureWithin, samplesFor } from './measure.ts'

let write: WriteSession
let session: ReadSession
beforeAll(async () => {
  write = await openRawWriteSession(testServer().address)
  session = unguarded(write)
})
afterAll(() => write[Symbol.asyncDispose]())

const sampleBudget = { budgetMs: 200, atLeast: 5, atMost: 50 }
const query = (sql: string) => ({ sql, values: [] })

describe('how often a statement is run', () => {
  test.each([
    ['as often as fits', 10, 20],
    ['never less than the least', 1000, 5],
    ['never more than the most', 0.1, 50],
    ['also when it took no time', 0, 50],
  ])('%s: %d ms', (_, onceMs, samples) => {
    expect(samplesFor(onceMs, sampleBudget)).toBe(samples)
  })
})

describe('a statement is timed', () => {
  test('in ms, as a client waits for it', async () => {
    const times = await measure(session, query('SELECT SLEEP(0.02)'), sampleBudget)
    expect(times.p50).toBeGreaterThanOrEqual(20)
    expect(times.p95).toBeGreaterThanOrEqual(times.p50)
    expect(times.p99).toBeGreaterThanOrEqual(times.p95)
    expect(times.samples).toBeGreaterThanOrEqual(5)
    expect(times.samples).toBeLessThanOrEqual(10)
  })

  test('as often as is allowed when it is quick', async () => {
    const { samples } = await measure(session, query('SELECT 1'), { ...sampleBudget, budgetMs: 60_000 })
    expect(samples).toBe(50)
  })

  test('with its values', async () => {
    const times = await measure(session, { sql: 'SELECT SLEEP(?)', values: [0.03] }, sampleBudget)
    expect(times.p50).toBeGreaterThanOrEqual(30)
  })

  test('twenty times at least when it has a limit', async () => {
    const times = await measureWithin(
      session,
      query('SELECT SLEEP(0.02)'),
      { ...sampleBudget, budgetMs: 1 },
      1000,
    )
    expect(times.samples).toBe(20)
  })

  test('three times over when it is above its limit', async () => {
    const slow = 'SELECT SLEEP(0.03), SLEEP(0), SLEEP(0)'
    const executions = async () => {
      const [found] = await session.rows(
        z.object({ count: z.coerce.number() }),
        `SELECT SUM(EXEC_COUNT) AS count FROM information_schema.statements_summary
          WHERE DIGEST_TEXT LIKE 'select \`sleep\` ( ? ) , \`sleep\` ( ? ) , \`sleep\` ( ? )%'`,
      )
      return found?.count ?? 0
    }
    const times = await measureWithin(session, query(slow), { ...sampleBudget, budgetMs: 1 }, 25)
    expect(times.p95).toBeGreaterThanOrEqual(30)
    const all = await executions()
    expect(all).toBeGreaterThanOrEqual(60)
    await measureWithin(session, query(slow), { ...sampleBudget, budgetMs: 1 }, 10_000)
    expect((await executions()) - all).toBeLessThan(30)
  })

  test('with few executions when it is far above its limit', async () => {
    const times = await measureWithin(
      session,
      query('SELECT SLEEP(0.03)'),
      { ...sampleBudget, budgetMs: 1 },
      1,
    )
    expect(times.samples).toBe(5)
  })
})

describe('a statement that fails is no time', () => {
  test.each([
    ['from the start', 'SELECT nope', /BENCHMARK_BROKEN[\s\S]*Unknown column 'nope'[\s\S]*SELECT nope/],
    ['that writes', 'DELETE FROM mysql.user', /WRITE_REFUSED/],
    [
      'once it is measured',
      // Passes while it warms up, and fails later on.
      'SELECT IF((@runs := COALESCE(@runs, 0) + 1) > 6, JSON_EXTRACT("{", "$.a"), 1)',
      /BENCHMARK_BROKEN[\s\S]*JSON/i,
    ],
  ])('%s', async (_, sql, says) => {
    const asked = sql.startsWith('DELETE') ? write : session
    await expect(measure(asked, query(sql), sampleBudget)).rejects.toThrow(says)
  })
})
