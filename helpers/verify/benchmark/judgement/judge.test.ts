import { describe, expect, test } from 'vitest'
import type { QueryPlan } from '../../../core/query-plan/plan.ts'
import { comparePairs, type TimedPair } from '../pairs.ts'
import type { BeforeRecord } from '../record.ts'
import type { Subject } from '../subjects.ts'
import { judgeSubject, type Measured } from './judge.ts'

const newIndex = {
  ...{ table: 'Order', name: 'idx_new', unique: false, parts: [{ column: 'a' }], visible: true },
  ...{ comment: '', definition: 'KEY `idx_new` (`a`)' },
}
const planOf = (index: string | undefined): QueryPlan => ({
  sql: 'SELECT 1',
  fromBinding: false,
  roots: [
    {
      ...{ id: 'Scan_1', kind: index === undefined ? 'TableFullScan' : 'IndexRangeScan', role: undefined },
      ...{ estRows: 1, taskType: 'cop[tikv]', operatorInfo: '', children: [] },
      accessObject: {
        ...{ alias: 'Order', table: 'Order', partition: undefined },
        index: index === undefined ? undefined : { name: index, columns: ['a'] },
      },
    },
  ],
})
const scan = planOf(undefined)
const lookUp = planOf('idx_new')
const bound = { sql: 'SELECT 1 FROM `Order`', values: [] }
const times = (ms: number) => ({ samples: 20, p50: ms, p95: ms, p99: ms, spread: ms / 100 })
const before: BeforeRecord = { id: 'search', times: times(10), plan: ['TableFullScan'], planShape: 'a scan' }

const subject = (promised: Partial<Subject> = {}): Subject => ({
  ...{ id: 'search', title: 'a search', limitMs: undefined, reduction: undefined, leastReduction: undefined },
  bind: async () => bound,
  ...promised,
})
const measured = (found: Partial<Measured> = {}): Measured => ({
  ...{ bound, before, after: times(5), plan: scan, compared: {}, turned: undefined, roundTrip: undefined },
  ...found,
})
const pair = {
  withIndexes: { bound, plan: lookUp },
  withoutIndexes: { bound, plan: scan },
  uses: ['Order.idx_new'],
}
const pairsOf = (as: number, without: number) => {
  const timed = Array.from({ length: 20 }, (_, n): TimedPair => [as + (n % 5) / 100, without + (n % 3) / 100])
  return { pair, comparison: comparePairs(timed) }
}
const turned = { plan: scan, times: times(40) }
const terms = { tolerance: { percent: 20, ms: 1 }, newIndexes: [newIndex] }
const onThrowAway = (of: Subject, found: Measured) => judgeSubject(of, found, { ...terms, isThrowAway: true })
const onTheirs = (of: Subject, found: Measured) => judgeSubject(of, found, { ...terms, isThrowAway: false })

describe('on a throw-away server', () => {
  test('what pairs call faster passes, with both query plans as evidence', () => {
    expect(onThrowAway(subject(), measured({ compared: pairsOf(2, 10) }))).toMatchObject({
      verdict: 'passed',
      record: { status: 'passed', change: 'faster', pairs: 20, uses: ['Order.idx_new'], before: times(10) },
      evidence: {
        sql: bound.sql,
        plan: [expect.any(String), expect.stringContaining('index:idx_new(a)')],
        planWithout: [expect.any(String), expect.stringMatching(/table:Order$/)],
      },
    })
  })

  test.each<[string, Measured['compared'], object]>([
    ['pairs that differ by noise only', pairsOf(10, 10), { change: 'as before', uses: ['Order.idx_new'] }],
    ['a plan without a new index', { pair: { ...pair, uses: [] } }, { change: 'no new index', uses: [] }],
    // Without a pair, the plan itself tells what it uses.
    ['an index that no hint takes away', {}, { change: 'not compared', uses: ['Order.idx_new'] }],
    ['another plan before', { reason: 'by plan' }, { change: 'not compared', notCompared: 'by plan' }],
  ])('%s: passed', (_, compared, record) => {
    const found = onThrowAway(subject(), measured({ compared, plan: lookUp }))
    expect(found).toMatchObject({ verdict: 'passed', record: { ...record, status: 'passed' } })
  })

  test('slower with the new indexes: failed', () => {
    expect(onThrowAway(subject(), measured({ compared: pairsOf(20, 10) }))).toMatchObject({
      verdict: 'failed',
      why: { code: 'BENCHMARK_SLOWER', message: expect.stringMatching(/with the new indexes it takes 2\.0/) },
      record: { status: 'failed', change: 'slower' },
    })
  })

  test('slower than before by another plan: failed, though no pairs were run', () => {
    expect(onThrowAway(subject(), measured({ turned }))).toMatchObject({
      verdict: 'failed',
      why: { code: 'BENCHMARK_SLOWER', message: expect.stringMatching(/p50 was 10 ms .* is 40 ms/) },
      record: { status: 'failed', change: 'slower' },
    })
  })

  test.each<[string, number, Measured['compared'], 'passed' | 'failed']>([
    ['kept', 70, pairsOf(2, 10), 'passed'],
    ['missed', 90, pairsOf(2, 10), 'failed'],
    ['with nothing to measure it by', 10, { pair: { ...pair, uses: [] } }, 'failed'],
  ])('a reduction asked for, %s', (_, leastReduction, compared, verdict) => {
    const found = onThrowAway(subject({ leastReduction }), measured({ compared }))
    expect(found).toMatchObject({ verdict, record: { status: verdict } })
    if (verdict === 'failed') expect(found.why).toMatchObject({ code: 'BENCHMARK_REDUCTION_MISSED' })
  })

  test('a reduction of which only the lower end of the interval falls short: failed', () => {
    const compared = pairsOf(2, 10)
    const ratio = { estimate: 0.2, low: 0.1, high: 0.4 }
    const found = measured({ compared: { pair, comparison: { ...compared.comparison, ratio } } })
    expect(onThrowAway(subject({ leastReduction: 70 }), found)).toMatchObject({ verdict: 'failed' })
    expect(onThrowAway(subject({ leastReduction: 60 }), found)).toMatchObject({ verdict: 'passed' })
  })
})

describe.each([
  ['a throw-away server', onThrowAway],
  ["a server of the user's own", onTheirs],
])('a limit, on %s', (_, on) => {
  const limited = subject({ limitMs: 50 })

  test('that is kept: passed', () => {
    const found = on(limited, measured())
    expect(found).toMatchObject({ verdict: 'passed', record: { threshold: 50, status: 'passed' } })
  })

  test('that is exceeded: failed', () => {
    const found = on(limited, measured({ after: times(60), roundTrip: times(1) }))
    expect(found).toMatchObject({
      verdict: 'failed',
      why: { code: 'BENCHMARK_OVER_LIMIT' },
      record: { status: 'failed' },
    })
  })

  test('that only the way to the server exceeds: unchecked', () => {
    const found = on(limited, measured({ after: times(60), roundTrip: times(30) }))
    expect(found).toMatchObject({
      verdict: 'unchecked',
      why: expect.stringMatching(/^could not check: p95 is 60 ms.* alone takes 30 ms/),
      record: { status: 'unchecked' },
    })
  })
})

describe("on a server of the user's own", () => {
  test('a slower plan is shown and skipped, not failed', () => {
    expect(onTheirs(subject(), measured({ turned }))).toMatchObject({
      verdict: 'unchecked',
      why: expect.stringMatching(
        /^could not judge what else this server had to do; look at it: BENCHMARK_SLOWER: .* 40 ms/,
      ),
      record: { status: 'unchecked', change: 'not compared' },
    })
  })

  test('a slower plan does not hide a limit that is exceeded', () => {
    const found = measured({ after: times(60), roundTrip: times(1), turned })
    expect(onTheirs(subject({ limitMs: 50 }), found)).toMatchObject({
      verdict: 'failed',
      why: { code: 'BENCHMARK_OVER_LIMIT' },
    })
  })

  test('a reduction cannot be checked; what was said of the limit stands', () => {
    expect(onTheirs(subject({ limitMs: 50, leastReduction: 10 }), measured())).toMatchObject({
      verdict: 'unchecked',
      why: expect.stringMatching(/^could not check BENCHMARK_REDUCTIONS/),
      record: { status: 'passed' },
    })
  })
})

test('the first that holds decides: pairs, the plan of before, the reduction, the limit', () => {
  const all = subject({ limitMs: 50, leastReduction: 90 })
  const over = { after: times(60), roundTrip: times(1) }
  const slow = onThrowAway(all, measured({ ...over, compared: pairsOf(20, 10) }))
  expect(slow.why).toMatchObject({ code: 'BENCHMARK_SLOWER' })
  expect(onThrowAway(all, measured({ ...over, turned })).why).toMatchObject({ code: 'BENCHMARK_SLOWER' })
  const missed = onThrowAway(all, measured({ ...over, compared: pairsOf(2, 10) }))
  expect(missed.why).toMatchObject({ code: 'BENCHMARK_REDUCTION_MISSED' })
  const far = measured({ after: times(60), roundTrip: times(30), turned })
  expect(onThrowAway(subject({ limitMs: 50 }), far).why).toMatchObject({ code: 'BENCHMARK_SLOWER' })
})

test('nothing measured before leaves no time of before', () => {
  const { record } = onThrowAway(subject(), measured({ before: undefined }))
  expect(record).not.toHaveProperty('before')
})
