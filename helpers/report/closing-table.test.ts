import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { closingTable } from './closing-table.ts'
import { type Summary, summaryShape } from './summary.ts'

const failure = `CONSTRAINT_MISSING: The constraint Event.chk_event_dates is missing.
  why:  ADD CONSTRAINT adds nothing while the switch is OFF.
  next: SET GLOBAL tidb_enable_check_constraint = ON; ALTER TABLE \`Event\` ADD …;`

const base: Summary = {
  schemaVersion: 2,
  verdict: 'failed',
  answer: 'not rehearsed',
  exceptions: [],
  incomplete: [],
  mode: 'rehearse',
  target: { name: 'embedded', kind: 'embedded', database: 'd', version: '8.0.11-TiDB-v7.5.0' },
  lock: { name: 'v3', hash: 'f82f9009a5998dc936bc' },
  scale: 'small',
  startedAt: '2026-01-02T03:04:05.000Z',
  durationMs: 61_250,
  data: { rows: 440_123, durationMs: 9_000, rowsPerSecond: 48_902.5 },
  timings: [
    { part: 'baseline and data', durationMs: 9_040 },
    { part: '01-preflight', durationMs: 951 },
  ],
  indexes: { expected: 25, present: 25, missing: [], different: [] },
  constraints: {
    expected: 21,
    present: 20,
    missing: ['Event.chk_event_dates'],
    different: [],
    enforceable: 20,
    enforced: 19,
    declared: 20,
    probed: 20,
  },
  checks: [
    { id: 'preflight.version', section: 'preflight', title: 'v', status: 'passed', durationMs: 950 },
    {
      id: 'preflight.audit-log',
      section: 'preflight',
      title: 'a',
      status: 'skipped',
      reason: 'no auditTable',
      durationMs: 1,
    },
    {
      id: 'postconditions.constraints[Event.chk_event_dates]',
      section: 'postconditions',
      title: 'c',
      status: 'failed',
      reason: failure,
      durationMs: 40,
    },
    {
      id: 'rollback.schema',
      section: 'rollback',
      title: 's',
      status: 'skipped',
      reason: 'the section constraints failed',
      durationMs: 0,
    },
    {
      id: 'rollback.rows',
      section: 'rollback',
      title: 'r',
      status: 'skipped',
      reason: 'the section constraints failed',
      durationMs: 0,
    },
  ],
  steps: [],
  claims: [
    {
      claim: 'Before there are about 20 indexes',
      section: 'preflight',
      verdict: 'refuted',
      measured: 'answers 77;\nholds 33',
    },
    { claim: 'Orders use idx_a', section: 'query-plans', verdict: 'held', measured: 'IndexRangeScan' },
    { claim: 'The server is new', section: 'preflight', verdict: 'unchecked', measured: 'a rehearsal' },
  ],
  benchmarks: [],
}

/** The table as a process prints it whose output is no terminal, or is told to be colored all the same. */
const printed = (summary: Summary, environment: Record<string, string> = {}): string => {
  const { FORCE_COLOR: _, NO_COLOR: __, CI: ___, ...env } = process.env
  const program = `
    import { closingTable } from ${JSON.stringify(join(import.meta.dirname, 'closing-table.ts'))}
    process.stdout.write(closingTable(JSON.parse(process.argv[1]), { reportDir: 'reports/x', isVerbose: process.env.VERBOSE === '1' }))`
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module', '--eval', program, JSON.stringify(summary)],
    { env: { ...env, ...environment }, encoding: 'utf8' },
  )
  if (stdout === '') throw new Error(stderr)
  return stdout
}
const escapeCharacter = String.fromCharCode(27)

test('the example is a summary', () => {
  expect(summaryShape.parse(base)).toEqual(base)
})

test('data that was prepared earlier is not shown as loaded by this run', () => {
  const data = { ...base.data, rows: 440_123, durationMs: 9_000, rowsPerSecond: 48_902.5 }
  const shown = printed({ ...base, data: { ...data, preparedAt: '2026-01-01T00:00:00.000Z' } })
  expect(shown).toContain('440,123 rows, copied as prepared earlier')
  expect(shown).not.toContain('rows/s')
})

test('a failed run: claims, times, each failure with its reason and the next command, and the verdict', () => {
  expect(printed(base)).toMatchInlineSnapshot(`
    "
    claims of the guide
      1 held, 1 refuted, 1 unchecked; summary.json has them all
      refuted  Before there are about 20 indexes: answers 77; holds 33

    where the time went
      baseline and data           9.0 s   440,123 rows at 48,903 rows/s
      in all                     61.3 s

    failed
      failed  postconditions.constraints[Event.chk_event_dates]
              CONSTRAINT_MISSING: The constraint Event.chk_event_dates is missing.
                why:  ADD CONSTRAINT adds nothing while the switch is OFF.
                next: SET GLOBAL tidb_enable_check_constraint = ON; ALTER TABLE \`Event\` ADD …;

      checks  1 passed, 1 failed, 3 skipped, in 61.3 s
      summary reports/x/summary.json
      report  reports/x/report.md

      d on embedded: not rehearsed
      FAILED  1 check failed; 25 of 25 indexes, 19 of 20 constraints enforced, 1 NOT ENFORCED on purpose
    "
  `)
})

test('with VERBOSE=1 each claim, the sections, and each skip as well', () => {
  const [own = '', failed] = printed(base, { VERBOSE: '1' }).split(/\n(?=\nfailed\n)/)
  // What failed, and the verdict, are as ever.
  expect(failed).toBe(printed(base).split(/\n(?=\nfailed\n)/)[1])
  expect(own).toMatchInlineSnapshot(`
    "
    claims of the guide
      refuted   Before there are about 20 indexes
                answers 77;
                holds 33
      held      Orders use idx_a
                IndexRangeScan
      unchecked The server is new
                a rehearsal

    where the time went
      baseline and data           9.0 s   440,123 rows at 48,903 rows/s
      01-preflight                1.0 s
      in all                     61.3 s

    rehearse of v3 (lock f82f9009a599) on embedded, 8.0.11-TiDB-v7.5.0, scale small
      section            passed   failed  skipped     time   verdict
      preflight               1        0        1    1.0 s   passed
      postconditions          0        1        0    0.0 s   failed
      rollback                0        0        2    0.0 s   skipped

    skipped
      skipped preflight.audit-log: no auditTable
      skipped 2 checks: the section constraints failed"
  `)
})

describe('colors', () => {
  test('are left out where the output is no terminal', () => {
    expect(printed({ ...base, verdict: 'passed' })).not.toContain(escapeCharacter)
  })

  test('are left out in CI, which is no terminal even where it says so', () => {
    expect(printed(base, { CI: 'true' })).not.toContain(escapeCharacter)
  })

  test('are there when asked for', () => {
    expect(printed(base, { FORCE_COLOR: '1' })).toContain(`${escapeCharacter}[31mFAILED`)
  })
})

describe('the last lines', () => {
  const lastLines = (changes: Partial<Summary>) =>
    closingTable({ ...base, ...changes }, { reportDir: 'reports/x', isVerbose: false }).replaceAll(
      new RegExp(`${escapeCharacter}\\[\\d+m`, 'g'),
      '',
    )
  const sound = base.checks.filter(({ status }) => status !== 'failed')

  test.each<[string, Partial<Summary>, RegExp]>([
    [
      'passed',
      { verdict: 'passed', checks: sound, constraints: { ...base.constraints, enforced: 20 } },
      /\n {2}summary reports\/x\/summary\.json\n {2}report {2}reports\/x\/report\.md\n\n {2}d on embedded: .*\n {2}PASSED {2}25 of 25 indexes, 20 of 20 constraints enforced, 1 NOT ENFORCED on purpose\n$/,
    ],
    [
      'passed, all constraints enforced',
      {
        verdict: 'passed',
        checks: sound,
        constraints: { ...base.constraints, enforceable: 21, enforced: 21 },
      },
      /PASSED {2}25 of 25 indexes, 21 of 21 constraints enforced\n/,
    ],
    ['failed', {}, /\n {2}FAILED {2}1 check failed; 25 of 25 indexes, 19 of 20 constraints enforced/],
    [
      'incomplete: why is among the failures',
      {
        checks: sound,
        incomplete: ['08-integrity.spec.ts did not run; run the whole suite: npx vitest run'],
      },
      /\nfailed\n {2}failed {2}08-integrity\.spec\.ts did not run; run the whole suite: npx vitest run\n\n {2}checks[\s\S]*\n {2}d on embedded: .*\n {2}FAILED {2}the run is not complete; /,
    ],
    [
      'a failure without a reason',
      { checks: [{ id: 'a.b', section: 'a', title: 't', status: 'failed', durationMs: 0 }] },
      /\n {2}failed {2}a\.b\n/,
    ],
    [
      'nothing ran',
      { checks: [], timings: [], claims: [], incomplete: ['01-preflight.spec.ts: boom'] },
      /FAILED {2}the run is not complete/,
    ],
  ])('of a run that %s', (_, changes, says) => {
    expect(lastLines(changes)).toMatch(says)
  })
})

describe('the metrics table', () => {
  const shown = { reportDir: 'reports/x', isVerbose: false }
  const row = { metric: 'Total indexes', claim: '~20, then 45+', before: '33', after: '58' } as const
  test('has a line for each row', () => {
    const text = closingTable({ ...base, metrics: [{ ...row, verdict: 'refuted' }] }, shown)
    expect(text).toMatch(/\nmetrics of the guide[^\n]*\n {2}metric +claim +before +after +verdict\n/)
    expect(text).toMatch(/\n {2}Total indexes +~20, then 45\+ +33 +58 +refuted\n/)
  })

  test('is left out where there is none', () => {
    expect(closingTable({ ...base, metrics: [] }, shown)).not.toContain('metrics of the guide')
    expect(closingTable(base, shown)).not.toContain('metrics of the guide')
  })
})
