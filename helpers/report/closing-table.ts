import { seconds } from '../core/text/duration.ts'
import { enforcedCount } from './enforced-count.ts'
import { metricsTable, type Paint } from './metrics-table.ts'
import { type Summary, summaryRecord } from './summary.ts'
import { claimLines } from './terminal/claim-lines.ts'
import { failureLines, incompleteLines } from './terminal/failure-lines.ts'
import { color } from './terminal/paint.ts'
import { plannedLines } from './terminal/planned-lines.ts'
import { timeLines } from './terminal/time-lines.ts'
import { everyClaim, sectionTable, skipLines } from './terminal/verbose-lines.ts'
import { trafficTable } from './traffic-table.ts'
import { reportFile } from './write-reports.ts'

interface Shown {
  /** The folder of the reports, as a person would type it. */
  readonly reportDir: string
  /** True where each claim, step and skip is shown (VERBOSE=1). */
  readonly isVerbose: boolean
  /** More lines of some failures, such as the top of a stack: by the id of the check, or by the line of `incomplete`. */
  readonly details?: ReadonlyMap<string, readonly string[]>
}

const block = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : ['', color('dim', title), ...lines]

const paint: Paint = (kind, text) =>
  color(({ held: 'green', refuted: 'red', unchecked: 'yellow', heading: 'dim' } as const)[kind], text)

/** The red checks and what else fails a run, with `details` where they are given: nine lines each at most. */
export const failures = (
  { checks, incomplete }: Pick<Summary, 'checks' | 'incomplete'>,
  details: Shown['details'],
): string[] => [
  ...checks
    .filter(({ status }) => status === 'failed')
    .flatMap((check) => failureLines(check, details?.get(check.id))),
  ...incomplete.flatMap((line) => incompleteLines(line, details?.get(line))),
]

const countOf = ({ checks }: Summary, wanted: string): number =>
  checks.filter(({ status }) => status === wanted).length

const verdictLine = (summary: Summary): string => {
  const failed = countOf(summary, 'failed')
  const { present, expected } = summary.indexes
  const counts = `${present} of ${expected} indexes, ${enforcedCount(summary, ' constraints')}`
  if (summary.verdict === 'passed') return `  ${color('green', 'PASSED')}  ${counts}`
  if (summary.verdict === 'passed with exceptions')
    return `  ${color('yellow', 'PASSED WITH EXCEPTIONS')}  ${counts}; left out: ${summary.exceptions.join(', ')}`
  const why = failed > 0 ? `${failed} ${failed === 1 ? 'check' : 'checks'} failed` : 'the run is not complete'
  return `  ${color('red', 'FAILED')}  ${why}; ${counts}`
}

// What was not judged has its reason in the report.
const metricsShown = ({ metrics = [] }: Summary, isVerbose: boolean) =>
  isVerbose ? metrics : metrics.filter(({ verdict }) => verdict !== 'unchecked')

const verboseBlocks = (summary: Summary): string[] => {
  const { target, lock, mode, scale } = summary
  const title = `${mode} of ${lock.name} (lock ${lock.hash.slice(0, 12)}) on ${target.name}, ${target.version}${mode === 'rehearse' ? `, scale ${scale}` : ''}`
  return [...block(title, sectionTable(summary)), ...block('skipped', skipLines(summary))]
}

/** The end of a run on the terminal: claims, times, metrics, what failed and why; the verdict is the last line. */
export const closingTable = (summary: Summary, { reportDir, isVerbose, details }: Shown): string =>
  [
    ...block('claims of the guide', isVerbose ? everyClaim(summary) : claimLines(summary.claims)),
    ...block('buyers beside the migration', trafficTable(summary.traffic ?? [])),
    ...block('where the time went', timeLines(summary, isVerbose)),
    ...block('metrics of the guide (times are p95)', metricsTable(metricsShown(summary, isVerbose), paint)),
    ...(isVerbose ? verboseBlocks(summary) : []),
    ...block('apply would run', plannedLines(summary, isVerbose)),
    ...block('failed', failures(summary, details)),
    '',
    `  checks  ${countOf(summary, 'passed')} passed, ${countOf(summary, 'failed')} failed, ${countOf(summary, 'skipped')} skipped, in ${seconds(summary.durationMs)}`,
    `  summary ${reportDir}/${summaryRecord.name}`,
    `  report  ${reportDir}/${reportFile}`,
    '',
    `  ${summary.target.database} on ${summary.target.name}: ${summary.answer}`,
    verdictLine(summary),
    '',
  ].join('\n')
