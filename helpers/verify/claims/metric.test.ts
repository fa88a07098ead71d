import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { phaseLine } from '../../../drills/support/test-phase.ts'
import { RunFolder } from '../../core/record/run-folder.ts'
import { trafficLog } from '../../core/record/traffic.ts'
import type { Snapshot } from '../../core/schema/model.ts'
import { benchmarkBeforeLog, benchmarkLog } from '../benchmark/record.ts'
import { metricFiguresOf } from './figures.ts'
import type { Metric } from './guide-claim.ts'
import { judgeMetric } from './metric.ts'
import { metricLog, readMetrics } from './record.ts'

let run: RunFolder
beforeEach(() => {
  run = new RunFolder(mkdtempSync(join(tmpdir(), 'harness-metrics-')))
})
afterEach(() => rmSync(run.dir, { recursive: true }))

const metric = (changes: Partial<Metric>): Metric => ({
  name: 'Search',
  kind: 'metric',
  claim: '~200 ms, then < 50 ms',
  benchmark: 'search',
  after: { below: 50 },
  ...changes,
})
const counted = metric({
  benchmark: undefined,
  count: 'indexes',
  before: { min: 18, max: 22 },
  after: { min: 45 },
})

describe('a row of the metrics table', () => {
  test.each<[string, Metric, { before?: number; after?: number }, object]>([
    [
      'held',
      metric({}),
      { before: 200, after: 49.94 },
      { before: '200.0 ms', after: '49.9 ms', verdict: 'held' },
    ],
    [
      'refuted at the bound',
      metric({}),
      { after: 50 },
      { before: '-', after: '50.0 ms', verdict: 'refuted' },
    ],
    ['unchecked', metric({}), { before: 200 }, { before: '200.0 ms', after: '-', verdict: 'unchecked' }],
    [
      'held on both sides',
      counted,
      { before: 20, after: 45 },
      { before: '20', after: '45', verdict: 'held' },
    ],
    ['refuted before', counted, { before: 33, after: 58 }, { verdict: 'refuted' }],
    ['refuted after', counted, { before: 20, after: 44 }, { verdict: 'refuted' }],
    ['refuted before it is applied', counted, { before: 33 }, { after: '-', verdict: 'refuted' }],
  ])('is %s', (_, asked, figures, wanted) => {
    expect(judgeMetric(asked, figures)).toMatchObject(wanted)
  })

  test('that is judged twice stands once, as it was judged last', () => {
    metricLog.append(run, judgeMetric(metric({}), { after: 60 }))
    metricLog.append(run, judgeMetric(metric({}), { after: 40 }))
    expect(readMetrics(run)).toEqual([
      { metric: 'Search', claim: '~200 ms, then < 50 ms', before: '-', after: '40.0 ms', verdict: 'held' },
    ])
  })
})

describe('the figures', () => {
  const index = {
    ...{ table: 'T', name: 'idx_x', unique: false },
    ...{ parts: [], visible: true, comment: '', definition: '' },
  }
  const schema = (indexes: number): Snapshot => ({
    tables: [
      {
        ...{ name: 'T', primaryKey: [], columns: [], constraints: [], foreignKeys: [], rest: [] },
        indexes: Array.from({ length: indexes }, () => index),
      },
    ],
    views: [],
  })
  const sources = () => ({ run, schemaBefore: schema(33), schemaAfter: schema(58) })
  const times = (p95: number) => ({ samples: 20, p50: 1, p95, p99: 9, spread: 1 })

  test('of a benchmark are p95', () => {
    benchmarkBeforeLog.append(run, { id: 'search', times: times(200), plan: [], planShape: '' })
    expect(metricFiguresOf(metric({}), sources())).toEqual({ before: 200, after: undefined })
    benchmarkLog.append(run, {
      ...{ id: 'search', title: 's', before: times(200), after: times(40), uses: [] },
      ...{ change: 'faster', status: 'passed' },
    })
    expect(metricFiguresOf(metric({}), sources())).toEqual({ before: 200, after: 40 })
    expect(metricFiguresOf(metric({ benchmark: 'other' }), sources())).toEqual({
      before: undefined,
      after: undefined,
    })
  })

  test('of a count come from the schemas', () => {
    expect(metricFiguresOf(counted, sources())).toEqual({ before: 33, after: 58 })
    expect(metricFiguresOf(counted, { ...sources(), schemaAfter: undefined })).toEqual({
      before: 33,
      after: undefined,
    })
  })

  test('of the application come from the traffic, where there was some', () => {
    const errors = metric({ benchmark: undefined, traffic: 'errors', after: { max: 0 } })
    expect(judgeMetric(errors, metricFiguresOf(errors, sources()))).toMatchObject({
      after: '-',
      verdict: 'unchecked',
    })
    trafficLog.append(run, phaseLine('before', { requests: 100 }))
    trafficLog.append(run, phaseLine('indexes', { requests: 1500 }))
    trafficLog.append(run, phaseLine('after', { requests: 500 }))
    expect(judgeMetric(errors, metricFiguresOf(errors, sources()))).toMatchObject({
      before: '0',
      after: '0 in 2,000 requests',
      verdict: 'held',
    })
    trafficLog.append(run, phaseLine('rollback', { requests: 10, errors: 3 }))
    expect(judgeMetric(errors, metricFiguresOf(errors, sources()))).toMatchObject({
      after: '3 in 2,010 requests',
      verdict: 'refuted',
    })
  })
})
