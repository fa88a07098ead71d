import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { readRowEstimates } from '../../helpers/core/rows/row-estimates.ts'
import { isRepeated } from '../../helpers/migrate/apply/statistics/seen-statistics.ts'
import { expectRed } from '../support/faults/fault.ts'
import { type Fixture, type Spec, startFixture } from '../support/fixture.ts'
import { until } from '../support/until.ts'

// The data stays small; only the bar is the one of the standard scale.
const standard = { SCALE: 'standard' }

const lineShape = z.object({ status: z.string(), estimateMs: z.number().default(0), id: z.string() })

// A job that stands still is looked into after 4 s, at the next look, which comes every 2 s.
const noticedMs = 10_000

/** Holds a row for far longer than twice what the whole part should take, its ANALYZE among it, which is planned later. */
const holdTooLong = async (fixture: Fixture, update: string, kind: string): Promise<void> => {
  await using session = await fixture.connect()
  await session.run('BEGIN')
  await session.run(update)
  const steps = join(fixture.runDir, 'steps.jsonl')
  const own = () =>
    (existsSync(steps) ? readFileSync(steps, 'utf8').split('\n').slice(0, -1) : [])
      .map((line) => lineShape.parse(JSON.parse(line)))
      .filter(({ id }) => id.startsWith(`apply:${kind}:`))
  await until('the first step that is sent', () => own().some(({ status }) => status === 'running'), 200_000)
  const planned = own().filter(({ status }) => status === 'planned')
  await sleep(Math.max(3 * noticedMs, 8 * planned.reduce((sum, { estimateMs }) => sum + estimateMs, 0)))
  await session.run('ROLLBACK')
}

/** Waits until the server shows so many rows of a table: it shows what it knew for up to 3 s. */
const untilShown = async (fixture: Fixture, table: string, rows: number): Promise<void> => {
  await using session = await fixture.connect()
  const isShown = async () => (await readRowEstimates(session)).get(table.toLowerCase()) === rows
  await until(`the server to show ${rows} rows of ${table}`, isShown, 30_000)
}

describe('an estimate that is wrong', () => {
  test('because the statistics lie by a factor of 100', async () => {
    await using fixture = await startFixture()
    await fixture.sql(
      `UPDATE mysql.stats_meta SET count = count * 100 WHERE table_id IN
        (SELECT TIDB_TABLE_ID FROM information_schema.tables WHERE TABLE_SCHEMA = DATABASE())`,
    )
    await untilShown(fixture, 'Order', 100_000)
    const outcome = await fixture.run(['preflight', 'indexes'], standard)
    expectRed(outcome, {
      red: ['indexes.estimate'],
      says: /ESTIMATE_WRONG: Part A was estimated at .* and took [\s\S]*the statistics said [\d,]+ rows, it went through [\d,]+[\s\S]*next: Where the rows are wrong, ANALYZE/,
    })
    expect(outcome.summary?.estimate?.ratio).toBeLessThan(0.5)
  })

  test.for<[string, Spec[], Spec, string]>([
    ['index', ['preflight'], 'indexes', 'apply:index:Venue.idx_city_active'],
    ['constraint', ['preflight', 'indexes'], 'constraints', 'apply:constraint:Venue.chk_venue_capacity'],
  ])('because a transaction holds a table while the %s steps run', async ([kind, before, spec, step]) => {
    await using fixture = await startFixture()
    await fixture.run(before)
    // With one connection the steps together are estimated at the sum of what each is.
    const running = fixture.run([spec], { ...standard, CONNECTIONS: '1' })
    await holdTooLong(fixture, 'UPDATE Venue SET capacity = capacity + 1 WHERE venue_id = 1', kind)
    const outcome = await running
    expectRed(outcome, {
      red: [`${spec}.estimate`],
      says: new RegExp(
        `ESTIMATE_WRONG[\\s\\S]*${step}: estimated .* took .*; blocked by transaction \\d+ of root`,
      ),
    })
  })
})

test('at small scale it is put on record and not judged, and the report says so', async () => {
  await using fixture = await startFixture()
  const outcome = await fixture.run(['preflight', 'indexes', 'constraints'], { VERBOSE: '1' })
  expect(outcome.red, outcome.tail).toEqual([])
  const checks = outcome.summary?.checks.filter(({ id }) => id.endsWith('.estimate')) ?? []
  expect(checks).toHaveLength(2)
  for (const check of checks)
    expect(check).toMatchObject({
      status: 'skipped',
      reason: expect.stringMatching(/^recorded, not judged: SCALE=small/),
      evidence: { estimatedMs: expect.any(Number), tookMs: expect.any(Number), ratio: expect.any(Number) },
    })
  expect(outcome.summary?.estimate).toMatchObject({
    ratio: expect.any(Number),
    stepsWithinTwo: expect.any(Number),
    from: 'tried out on this server',
  })
  const works =
    outcome.summary?.steps.filter(
      (step) => step.kind !== 'setting' && step.kind !== 'switch' && !isRepeated(step),
    ) ?? []
  // 25 indexes, 21 constraints, and one ANALYZE for all the small tables.
  expect(works).toHaveLength(47)
  expect(works.every(({ estimateMs }) => estimateMs !== undefined)).toBe(true)
  const told = outcome.output.match(
    /^ +step \d+ of \d+ {2}apply:index:.*, estimated [\d.]+ s: [\d.]+ of it$/gm,
  )
  expect(told).toHaveLength(25)
  expect(outcome.output).toMatch(/estimated +[\d.]+ s {3}for the steps, which took [\d.]+ s: /)
  const times = outcome.summary?.claims.filter(({ claim }) => /seconds|minutes/.test(claim)) ?? []
  expect(times).toHaveLength(3)
  for (const time of times)
    expect(time).toMatchObject({
      verdict: 'unchecked',
      measured: expect.stringMatching(/tables in .* s; the longest was/),
    })
})
