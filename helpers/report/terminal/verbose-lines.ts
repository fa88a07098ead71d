import type { Claim } from '../../core/record/claim.ts'
import { seconds } from '../../core/text/duration.ts'
import type { CheckResult, Summary } from '../summary.ts'
import { color } from './paint.ts'

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

const verdictOf = ({ passed, failed }: SectionRow): string => {
  if (failed > 0) return color('red', 'failed')
  return passed > 0 ? color('green', 'passed') : color('yellow', 'skipped')
}

/** The sections as a table. */
export const sectionTable = ({ checks }: Summary): string[] => {
  const line = (cells: readonly string[], verdict: string) =>
    `  ${(cells[0] ?? '').padEnd(16)}${cells
      .slice(1)
      .map((cell) => cell.padStart(9))
      .join('')}   ${verdict}`
  return [
    color('dim', line(['section', 'passed', 'failed', 'skipped', 'time'], 'verdict')),
    ...sectionRows(checks).map((row) => {
      const { section, passed, failed, skipped, durationMs } = row
      return line([section, `${passed}`, `${failed}`, `${skipped}`, seconds(durationMs)], verdictOf(row))
    }),
  ]
}

/** Every reason for a skip, with the check, or how many checks. */
export const skipLines = ({ checks }: Summary): string[] => {
  const skipped = checks.filter(({ status }) => status === 'skipped')
  const byReason = [...Map.groupBy(skipped, ({ reason = 'no reason given' }) => reason)]
  return byReason.map(
    ([reason, own]) =>
      `  ${color('yellow', 'skipped')} ${own.length === 1 ? own[0]?.id : `${own.length} checks`}: ${reason}`,
  )
}

const indented = (text: string, by: string) => text.split('\n').join(`\n${by}`)

// A claim that held needs no query plan on the terminal; summary.json has every one.
const measureOf = ({ verdict, measured }: Claim): string =>
  verdict === 'held' && measured.includes('\n')
    ? ''
    : `\n            ${color('dim', indented(measured, '            '))}`

/** Every claim, with what was measured. */
export const everyClaim = ({ claims }: Summary): string[] => {
  const marks = {
    held: color('green', 'held     '),
    refuted: color('red', 'refuted  '),
    unchecked: color('yellow', 'unchecked'),
  }
  return claims.map((claim) => `  ${marks[claim.verdict]} ${claim.claim}${measureOf(claim)}`)
}
