import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createRunFolder, type RunFolder } from '../core/record/run-folder.ts'
import { timingLog } from '../core/record/timings.ts'
import { qualifiedName } from '../core/schema/model.ts'
import { readMigration } from '../migrate/folder/migration.ts'
import { readLock } from '../migrate/lock/lock.ts'
import { type Step, stepLog } from '../migrate/step/step.ts'
import { buildSummary } from '../run/build-summary.ts'
import type { RunContext } from '../run/context.ts'
import { dataRecord, foundRecord, startRecord } from '../run/records.ts'
import { type CheckResult, summaryShape } from './summary.ts'

const migration = readMigration('example')
const lock = readLock(migration)
const allIndexes = lock.adds.indexes.map(qualifiedName)
const allConstraints = lock.adds.constraints.map(qualifiedName)

let reports: string
let run: RunFolder
beforeEach(() => {
  reports = mkdtempSync(join(tmpdir(), 'harness-summary-'))
  run = createRunFolder(reports, 'embedded', 'rehearse')
  startRecord.write(run, { startedAt: new Date(Date.now() - 5_000).toISOString() })
})
afterEach(() => rmSync(reports, { recursive: true }))

const context = (): RunContext => ({
  runDir: run.dir,
  target: {
    name: 'embedded',
    kind: 'embedded',
    address: { host: '127.0.0.1', port: 4000, user: 'root', password: 's3cret', database: 'teamdb' },
    sessionOptions: {},
    version: '8.0.11-TiDB-v7.5.0',
    token: 't0ken',
  },
  mode: 'rehearse',
  permit: null,
  backup: null,
  except: [],
  isBarDrawn: false,
  migration,
  lock,
  settings: {
    SCALE: 'small',
    SEED: 1,
    CONNECTIONS: 4,
    LONG_TRANSACTION_SECONDS: 60,
    PASS_DAYS: 7,
    CHECK_BUDGET_ROWS: 1,
    CHECK_SECONDS: 120,
    CHECK_PAUSE_MS: 10,
    MINIMUM_RELEASE: '7.5.2',
    REPORTS_DIR: 'reports',
    TRAFFIC: 'on',
    TRAFFIC_RATE: 20,
    APP_ENDPOINTS: '/api/events',
    APP_MAX_MS: 2000,
    APP_LOG_ERRORS: 'error',
    PREPARED_GB: 4,
    BENCHMARK_SECONDS: 1,
    BENCHMARK_SLOWER_PERCENT: 20,
    BENCHMARK_SLOWER_MS: 1,
    BENCHMARK_WRITE_PERCENT: 100,
    STATISTICS_HEALTH: 80,
    JUDGE_ROWS: 10_000,
    BACKUP_TOOL: 'dumpling',
    TIDB_IMAGE: 'x:1',
  },
})

const check = (id: string, status: CheckResult['status'] = 'passed', reason?: string): CheckResult => ({
  id,
  section: id.split('.')[0] ?? '',
  title: `the check ${id}`,
  status,
  durationMs: 12,
  ...(reason === undefined ? {} : { reason }),
})

const build = (parts: { checks?: CheckResult[]; incomplete?: string[] } = {}) =>
  buildSummary({ context: context(), run, lock, checks: [], claims: [], incomplete: [], ...parts })

describe('the verdict', () => {
  const passed = check('preflight.version')
  const skipped = check('backup.complete', 'skipped', 'MODE=rehearse does not do this')
  const failed = check('integrity.rows-unchanged[Member]', 'failed', 'ROWS_CHANGED')
  test.each<[string, CheckResult[], string[], 'passed' | 'failed']>([
    ['all passed', [passed], [], 'passed'],
    ['some skipped', [passed, skipped], [], 'passed'],
    ['one failed', [passed, failed, skipped], [], 'failed'],
    ['none failed, but a section did not run', [passed], ['08-integrity.spec.ts did not run'], 'failed'],
    ['both', [failed], ['an error outside of checks'], 'failed'],
  ])('%s', (_, checks, incomplete, verdict) => {
    expect(build({ checks, incomplete })).toMatchObject({ verdict, checks, incomplete })
  })
})

describe('what was found of the lock', () => {
  test('nothing, when the section that looks did not run', () => {
    const { indexes, constraints } = build()
    expect(indexes).toEqual({ expected: 4, present: 0, missing: allIndexes, different: [] })
    expect(constraints).toEqual({
      expected: 4,
      present: 0,
      missing: allConstraints,
      different: [],
      enforceable: 3,
      enforced: 0,
      declared: 0,
      probed: 0,
    })
  })

  test('present, missing and different are told apart', () => {
    foundRecord.write(run, {
      indexes: { present: ['Group.idx_label', 'Member.uq_email'], different: ['Member.idx_score'] },
      constraints: { present: ['Group.chk_label'], different: ['Group.chk_seats'] },
    })
    const { indexes, constraints } = build()
    expect(indexes).toEqual({
      expected: 4,
      present: 2,
      missing: ['Member.idx_group_joined'],
      different: ['Member.idx_score'],
    })
    expect(constraints).toMatchObject({
      present: 1,
      missing: allConstraints.filter((name) => name.startsWith('Member.')),
      different: ['Group.chk_seats'],
    })
  })

  const probes = (status: CheckResult['status']) =>
    allConstraints.map((name) => check(`postconditions.enforcement[${name}]`, status, 'only read'))
  test.each<[string, CheckResult[], string[], { declared: number; probed: number; enforced: number }]>([
    [
      'by a probe that was refused',
      probes('passed'),
      allConstraints,
      { declared: 3, probed: 3, enforced: 3 },
    ],
    ['not where a probe failed', probes('failed'), allConstraints, { declared: 3, probed: 3, enforced: 0 }],
    [
      'not where it was only read',
      probes('skipped'),
      allConstraints,
      { declared: 3, probed: 0, enforced: 0 },
    ],
    [
      'not where it is missing too',
      probes('skipped'),
      ['Group.chk_seats'],
      { declared: 1, probed: 0, enforced: 0 },
    ],
    [
      'not without a word of it',
      [check('postconditions.enforcement')],
      allConstraints,
      { declared: 3, probed: 0, enforced: 0 },
    ],
  ])(
    'a constraint counts as enforced %s; one that is NOT ENFORCED never does',
    (_, checks, present, enforced) => {
      foundRecord.write(run, {
        indexes: { present: [], different: [] },
        constraints: { present, different: [] },
      })
      expect(build({ checks }).constraints).toMatchObject({ enforceable: 3, ...enforced })
    },
  )
})

test('the whole summary: what the run has left behind, once each, in the shape that is promised', () => {
  const step: Step = {
    id: 'apply:index:Group.idx_label',
    phase: 'apply',
    kind: 'index',
    table: 'Group',
    name: 'idx_label',
    sql: 'ALTER TABLE `Group` ADD KEY …',
    status: 'running',
    warnings: [],
  }
  stepLog.append(run, step)
  stepLog.append(run, { ...step, status: 'done', jobId: 7, rows: 90 })
  timingLog.append(run, { part: 'start of the server', durationMs: 1200 })
  timingLog.append(run, { part: '01-preflight', durationMs: 800 })
  dataRecord.write(run, { rows: 500, durationMs: 100, rowsPerSecond: 5000 })
  const summary = buildSummary({
    context: context(),
    run,
    lock,
    checks: [{ ...check('preflight.version'), evidence: { version: '7.5.0', rows: [1, null, 'ủ'] } }],
    claims: [{ claim: 'c', section: 'preflight', verdict: 'refuted', measured: '33' }],
    incomplete: [],
  })
  expect(summaryShape.parse(JSON.parse(JSON.stringify(summary)))).toEqual(summary)
  expect(summary).toMatchObject({
    schemaVersion: 2,
    mode: 'rehearse',
    target: { name: 'embedded', kind: 'embedded', database: 'teamdb', version: '8.0.11-TiDB-v7.5.0' },
    lock: { name: 'example', hash: lock.hash },
    scale: 'small',
    data: { rows: 500 },
    timings: [{ part: 'start of the server' }, { part: '01-preflight' }],
    steps: [{ id: step.id, status: 'done', jobId: 7, rows: 90 }],
    claims: [{ verdict: 'refuted' }],
    checks: [{ evidence: { version: '7.5.0' } }],
  })
  expect(summary.steps).toHaveLength(1)
  expect(summary.durationMs).toBeGreaterThanOrEqual(5_000)
  expect(summary.durationMs).toBeLessThan(60_000)
  expect(JSON.stringify(summary)).not.toMatch(/s3cret|t0ken/)
})

test('a summary without a start is none', () => {
  rmSync(run.path(startRecord.name))
  expect(() => build()).toThrow(/SECTION_MISSING: The section global set-up has not run/)
})

test.each([
  ['schemaVersion', 1],
  ['checks', [{ ...check('a.b', 'skipped'), skipCode: 'BORED' }]],
  ['verdict', 'skipped'],
  ['checks', [{ id: 'x' }]],
  ['incomplete', undefined],
])('the shape refuses another %s', (field, value) => {
  expect(summaryShape.safeParse({ ...build(), [field]: value }).success).toBe(false)
})
