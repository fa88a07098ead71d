import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readSample, sampleDir } from '../../../drills/support/test-sample.ts'
import { failureOf } from '../../core/errors/failure.ts'
import { HarnessError } from '../../core/errors/harness-error.ts'
import type { Summary } from '../summary.ts'
import { renderMarkdown } from './render.ts'

const sample = readSample()
const render = (changes: Partial<Summary> = {}): string => renderMarkdown({ ...sample, ...changes })

/** What is not folded. */
const firstScreen = (report: string): string => report.replaceAll(/<details>[\s\S]*?<\/details>\n?/g, '')

/** The line of a part in the table of what was measured. */
const glance = (report: string, part: string): string =>
  report.split('\n').find((line) => line.startsWith(`| ${part} |`)) ?? ''

test('the sample is what this code makes of its summary', async () => {
  await expect(render()).toMatchFileSnapshot(join(sampleDir, 'report.md'))
})

describe('the report of a whole rehearsal', () => {
  const report = render()
  test('has what a reviewer needs on one screen', () => {
    const lines = firstScreen(report)
      .split('\n')
      .filter((line) => line !== '')
    expect(lines.length).toBeLessThanOrEqual(40)
    expect(lines.slice(0, 2)).toEqual([
      '# PASSED: rehearse of v3 on embedded',
      '**ticketbookingdb on embedded: rehearsed.**',
    ])
  })

  test('has the seven rows of the guide', () => {
    expect(sample.metrics).toHaveLength(7)
    expect(report).toContain('| metric | claim | before | after | verdict |')
    expect(report).toMatch(/\n\| Total indexes \| \\~20, then 45\+ \| 33 \| 58 \| \*\*refuted\*\* \|\n/)
  })

  test('has every benchmark, phase, claim and step', () => {
    for (const { id } of sample.benchmarks) expect(report).toContain(`\n| ${id} | `)
    for (const { claim, verdict } of sample.claims)
      if (verdict !== 'held' || !/[`*_<~]/.test(claim)) expect(report).toContain(claim.slice(0, 20))
    for (const phase of ['before', 'indexes', 'constraints', 'after', 'rollback'])
      expect(report).toMatch(new RegExp(`\\n\\| ${phase} \\| [\\d,]+ \\| 0 \\| \\d+ ms \\|`))
    for (const { phase, kind, table, name } of sample.steps)
      if (phase === 'apply' && ['index', 'constraint'].includes(kind))
        expect(report).toContain(`${table}.${name} | done |`)
  })

  test('says nothing of its evidence, and no address', () => {
    expect(report).not.toMatch(/127\.0\.0\.1|mysql:/)
  })
})

describe('a red run', () => {
  const failed = (id: string, thrown: unknown): Summary['checks'][number] => ({
    id,
    section: id.split('.')[0] ?? '',
    title: 'a check',
    status: 'failed',
    reason: 'text for people',
    failure: failureOf(thrown),
    durationMs: 1,
  })
  const missing = new HarnessError('INDEX_MISSING', {
    what: `The index Event.x is missing.${' It is.'.repeat(400)}`,
    why: 'Somebody dropped it.',
    next: 'ALTER TABLE `Event` ADD KEY `x` (`a`);',
  })

  test('names the check and its next command, however long the rest is', () => {
    const report = render({ verdict: 'failed', checks: [failed('postconditions.indexes[Event.x]', missing)] })
    expect(firstScreen(report)).toContain('- **postconditions.indexes[Event.x]** a check\n')
    expect(firstScreen(report)).toContain(
      '\n  next:\n\n  ```text\n  ALTER TABLE `Event` ADD KEY `x` (`a`);\n  ```\n',
    )
    expect(report).toMatch(/\(2,\d{3} more characters\)/)
  })

  test('what happened and why stand before it, and no part is read out of another', () => {
    const what = 'rows say:\n  next: nothing\nnext: nothing'
    const report = render({
      checks: [failed('a.b', new HarnessError('ODD', { what, why: 'So they say.', next: 'look' }))],
    })
    expect(report).toContain(
      '\n  ODD: rows say:\n    next: nothing\n  next: nothing\n    why:  So they say.\n  ```\n\n  next:\n\n  ```text\n  look\n  ```\n',
    )
  })

  test('the checks that say what to do come first, the others are folded, and the rest is counted', () => {
    const many = Array.from({ length: 60 }, (_, at) => failed(`a.b[${at}]`, new Error('no')))
    const report = render({ verdict: 'failed', checks: [...many, failed('z.last', missing)] })
    expect(report).toContain('61 of 61 checks failed')
    expect(report.indexOf('**z.last**')).toBeLessThan(report.indexOf('**a.b[0]**'))
    expect(firstScreen(report).match(/\n- \*\*/g)).toHaveLength(3)
    expect(report).toContain('<summary>58 more failed checks</summary>')
    expect(report).toContain('… and 10 more; summary.json has them all.')
  })

  test('an incomplete run says what did not run', () => {
    const line = '08-integrity.spec.ts did not run; run the whole suite: npx vitest run'
    const report = render({ verdict: 'failed', checks: sample.checks, incomplete: [line] })
    expect(firstScreen(report)).toContain(`\n- incomplete: ${line}\n`)
    expect(firstScreen(report)).toContain('No check failed, but the run is incomplete.')
  })

  test('a step that failed is shown before the others, with its error and who was in its way', () => {
    const [step] = sample.steps
    if (step === undefined) throw new Error('the sample has no step')
    const wrong = {
      ...step,
      status: 'failed' as const,
      failure: { code: 'STEP_FAILED', what: 'apply:index:x: ALTER', why: '8200: no | way', next: 'look' },
      blockedBy: ['a <transaction>'],
    }
    const report = render({ steps: [step, wrong] })
    expect(report).toContain(': 8200: no &vert; way<br>blocked by a &lt;transaction&gt;')
    expect(glance(report, 'Steps')).toContain('**1 failed**')
  })
})

describe('what was not measured says so, and why', () => {
  const skipped = (reason: string) =>
    sample.checks.map((check) => ({ ...check, status: 'skipped' as const, reason }))
  const none = {
    metrics: [],
    traffic: [],
    benchmarks: [],
    writes: [],
    claims: [],
    steps: [],
    backup: undefined,
  }
  const report = render({ ...none, checks: skipped('the section preflight failed') })

  test.each([
    ['Indexes', 'not measured: the section preflight failed'],
    ['Constraints', 'not measured: the section preflight failed'],
    ['Claims of the guide', 'not measured: the section preflight failed'],
    ['Steps', 'nothing was applied; not measured: the section preflight failed'],
    ['Buyers beside the migration', 'not measured: the section preflight failed'],
    ['Benchmarks', 'not measured: the section preflight failed'],
    ['Cost of a write', 'not measured: the section preflight failed'],
    ['Backup', 'not measured: the section preflight failed'],
  ])('%s', (part, says) => {
    expect(glance(report, part)).toBe(`| ${part} | ${says} |`)
  })

  test('the metrics', () => {
    expect(report).toContain('## Metrics of the guide\n\nnot measured: the section preflight failed.\n')
    const row = { metric: 'Order list time', claim: '< 40 ms', before: '2.1 ms', after: '-' } as const
    const half = render({
      metrics: [{ ...row, verdict: 'unchecked' }],
      checks: skipped('the migration is not applied yet'),
    })
    expect(half).toContain('| Order list time | &lt; 40 ms | 2.1 ms | not measured | unchecked |')
    expect(half).toContain('\nnot measured: the migration is not applied yet.\n')
  })

  test('one side of the benchmarks', () => {
    const benchmarks = sample.benchmarks.map(({ id, title, before }) => ({
      ...{ id, title, uses: [], change: 'not compared' as const, status: 'passed' as const },
      ...(before === undefined ? {} : { before }),
    }))
    expect(glance(render({ benchmarks, checks: skipped('over budget') }), 'Benchmarks')).toBe(
      '| Benchmarks | 20 statements timed before; after not measured: over budget |',
    )
  })

  test('a phase that was not driven', () => {
    const traffic = (sample.traffic ?? []).filter(({ phase }) => phase !== 'rollback')
    const checks = skipped('the section constraints failed')
    expect(render({ traffic, checks })).toContain(
      '\n- rollback: not measured: the section constraints failed\n',
    )
  })
})

describe('modes', () => {
  test('a check says what apply would run, and that nothing was', () => {
    const steps = sample.steps
      .filter(({ kind, phase }) => kind === 'index' && phase === 'apply')
      .map(({ durationMs: _, at: __, ...step }) => ({ ...step, status: 'planned' as const, estimateMs: 400 }))
    const estimate = { estimatedMs: 4_000, steps: 25, from: 'the rehearsal' }
    expect(glance(render({ mode: 'check', steps, estimate }), 'Steps')).toBe(
      '| Steps | apply would run 25 steps, about 4.0 s, several tables side by side; nothing was run |',
    )
    expect(glance(render({ mode: 'check', steps: [] }), 'Steps')).toContain('nothing was applied')
  })

  test('what EXCEPT left out stands beside the verdict', () => {
    const report = render({ verdict: 'passed with exceptions', exceptions: ['Venue.chk_venue_seats'] })
    expect(report).toMatch(/^# PASSED WITH EXCEPTIONS: /)
    expect(firstScreen(report)).toContain('Left out by EXCEPT: Venue.chk_venue_seats.')
  })
})
