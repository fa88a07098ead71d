import { styleText } from 'node:util'
import type { Claim } from '../core/record/claim.ts'
import { seconds } from '../core/text/duration.ts'
import { enforcedCount } from './enforced-count.ts'
import { metricsTable, type Paint } from './metrics-table.ts'
import { type CheckResult, type Summary, summaryRecord } from './summary.ts'
import { trafficTable } from './traffic-table.ts'
import { reportFile } from './write-reports.ts'

const color = (name: 'green' | 'red' | 'yellow' | 'dim', text: string): string =>
  styleText(name, text, { stream: process.stdout })

interface SectionRow {
  readonly section: string
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  readonly durationMs: number
}

const sectionRows = (checks: readonly CheckResult[]): SectionRow[] =>
  [...Map.groupBy(checks, ({ section }) => section)].map(([section, own]) => ({
    section,
    passed: own.filter(({ status }) => status === 'passed').length,
    failed: own.filter(({ status }) => status === 'failed').length,
    skipped: own.filter(({ status }) => status === 'skipped').length,
    durationMs: own.reduce((sum, { durationMs }) => sum + durationMs, 0),
  }))

const tableOfSections = (summary: Summary): string[] => {
  const rows = sectionRows(summary.checks)
  const line = (cells: readonly string[], verdict: string) =>
    `  ${(cells[0] ?? '').padEnd(16)}${cells
      .slice(1)
      .map((cell) => cell.padStart(9))
      .join('')}   ${verdict}`
  return [
    color('dim', line(['section', 'passed', 'failed', 'skipped', 'time'], 'verdict')),
    ...rows.map(({ section, passed, failed, skipped, durationMs }) => {
      const verdict =
        failed > 0
          ? color('red', 'failed')
          : passed > 0
            ? color('green', 'passed')
            : color('yellow', 'skipped')
      return line([section, `${passed}`, `${failed}`, `${skipped}`, seconds(durationMs)], verdict)
    }),
  ]
}

const indented = (text: string, by: string) => text.split('\n').join(`\n${by}`)

const failures = (summary: Summary): string[] =>
  summary.checks
    .filter(({ status }) => status === 'failed')
    .flatMap(({ id, reason = '' }) => [
      `  ${color('red', 'failed')}  ${id}`,
      `          ${indented(reason, '          ')}`,
    ])

const skips = (summary: Summary): string[] => {
  const skipped = summary.checks.filter(({ status }) => status === 'skipped')
  const byReason = [...Map.groupBy(skipped, ({ reason = 'no reason given' }) => reason)]
  return byReason.map(
    ([reason, checks]) =>
      `  ${color('yellow', 'skipped')} ${checks.length === 1 ? checks[0]?.id : `${checks.length} checks`}: ${reason}`,
  )
}

// A claim that held needs no query plan on the terminal; summary.json has every one.
const shownMeasure = ({ verdict, measured }: Claim): string =>
  verdict === 'held' && measured.includes('\n')
    ? ''
    : `\n            ${color('dim', indented(measured, '            '))}`

const claims = (summary: Summary): string[] => {
  const marks = {
    held: color('green', 'held     '),
    refuted: color('red', 'refuted  '),
    unchecked: color('yellow', 'unchecked'),
  }
  return summary.claims.map((claim) => `  ${marks[claim.verdict]} ${claim.claim}${shownMeasure(claim)}`)
}

const block = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : ['', color('dim', title), ...lines]

const loadNote = ({ data }: Summary): string =>
  data === undefined
    ? ''
    : `   ${data.rows.toLocaleString('en')} rows${data.preparedAt === undefined ? ` at ${Math.round(data.rowsPerSecond).toLocaleString('en')} rows/s` : ', copied as prepared earlier'}`

const backupNote = ({ backup }: Summary): string => {
  if (backup === undefined) return ''
  const { tool, bytes, madeInMs, restoredInMs } = backup
  const restored = restoredInMs === undefined ? '' : `, restored in ${seconds(restoredInMs)}`
  return `   ${(bytes / 1_000_000).toFixed(1)} MB by ${tool} in ${seconds(madeInMs)}${restored}`
}

const noteOf = (part: string, summary: Summary): string => {
  if (part === 'baseline and data') return loadNote(summary)
  return part === '02-backup' ? backupNote(summary) : ''
}

const timings = (summary: Summary): string[] => [
  ...summary.timings.map(
    ({ part, durationMs }) =>
      `  ${part.padEnd(24)}${seconds(durationMs).padStart(9)}${noteOf(part, summary)}`,
  ),
  `  ${'in all'.padEnd(24)}${seconds(summary.durationMs).padStart(9)}`,
  ...truth(summary),
]

const wouldRun = ({ mode, steps, estimate }: Summary): string[] => {
  if (mode !== 'check' || steps.length === 0) return []
  return [
    ...steps.map(({ sql, estimateMs = 0 }) => `  about ${seconds(estimateMs).padStart(8)}  ${sql}`),
    ...(estimate === undefined
      ? []
      : [
          `  about ${seconds(estimate.estimatedMs).padStart(8)}  in all, several tables side by side`,
          `                  by ${estimate.from}`,
        ]),
  ]
}

const truth = ({ estimate }: Summary): string[] => {
  if (estimate?.tookMs === undefined) return []
  const { estimatedMs, tookMs, ratio, steps, stepsWithinTwo, from } = estimate
  return [
    `  ${'estimated'.padEnd(24)}${seconds(estimatedMs).padStart(9)}   for the steps, which took ${seconds(tookMs)}: ${ratio} of it; ${stepsWithinTwo} of ${steps} within a factor of 2`,
    `  ${''.padEnd(24)}${''.padStart(9)}   by ${from}`,
  ]
}

const paint: Paint = (kind, text) =>
  color(({ held: 'green', refuted: 'red', unchecked: 'yellow', heading: 'dim' } as const)[kind], text)

const verdictLine = (summary: Summary): string => {
  const failed = summary.checks.filter(({ status }) => status === 'failed').length
  const { present, expected } = summary.indexes
  const counts = `${present} of ${expected} indexes, ${enforcedCount(summary, ' constraints')}`
  if (summary.verdict === 'passed') return `  ${color('green', 'PASSED')}  ${counts}`
  if (summary.verdict === 'passed with exceptions')
    return `  ${color('yellow', 'PASSED WITH EXCEPTIONS')}  ${counts}; left out: ${summary.exceptions.join(', ')}`
  const why = failed > 0 ? `${failed} checks failed` : 'the run is not complete'
  return `  ${color('red', 'FAILED')}  ${why}; ${counts}`
}

/** The end of a run on the terminal: claims, sections, what failed and why, where the time went, the verdict. */
export const closingTable = (summary: Summary, reportDir: string): string => {
  const { target, lock, mode, scale } = summary
  return [
    ...block('claims of the guide', claims(summary)),
    ...block('buyers beside the migration', trafficTable(summary.traffic ?? [])),
    ...block('where the time went', timings(summary)),
    ...block('metrics of the guide (times are p95)', metricsTable(summary.metrics ?? [], paint)),
    ...block(
      `${mode} of ${lock.name} (lock ${lock.hash.slice(0, 12)}) on ${target.name}, ${target.version}${mode === 'rehearse' ? `, scale ${scale}` : ''}`,
      tableOfSections(summary),
    ),
    ...block('apply would run', wouldRun(summary)),
    ...block('skipped', skips(summary)),
    ...block('failed', [
      ...failures(summary),
      ...summary.incomplete.map((line) => `  ${color('red', 'failed')}  ${line}`),
    ]),
    '',
    `  ${summary.target.database} on ${summary.target.name}: ${summary.answer}`,
    verdictLine(summary),
    `  summary ${reportDir}/${summaryRecord.name}`,
    `  report  ${reportDir}/${reportFile}`,
    '',
  ].join('\n')
}
