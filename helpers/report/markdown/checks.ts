import type { CheckResult, Summary } from '../summary.ts'
import { listed, type PagePart, several, table, time } from './blocks.ts'
import { text } from './escape.ts'

const reasonsAtMost = 30

const count = (checks: readonly CheckResult[], status: CheckResult['status']) =>
  checks.filter((check) => check.status === status).length

const sections = ({ checks }: Summary): string[] =>
  table(
    ['section', { right: 'passed' }, { right: 'failed' }, { right: 'skipped' }, { right: 'time' }],
    [...Map.groupBy(checks, ({ section }) => section)].map(([section, own]) => [
      text(section),
      `${count(own, 'passed')}`,
      count(own, 'failed') === 0 ? '0' : `**${count(own, 'failed')}**`,
      `${count(own, 'skipped')}`,
      time(own.reduce((sum, { durationMs }) => sum + durationMs, 0)),
    ]),
  )

/** Why checks were skipped: one line a reason, so that nothing that was left out is passed over. */
const skipped = ({ checks }: Summary): string[] => {
  const own = checks.filter(({ status }) => status === 'skipped')
  const byReason = [...Map.groupBy(own, ({ reason = 'no reason given' }) => reason)]
  return listed(byReason, reasonsAtMost, (shown) => [
    '**skipped**',
    '',
    ...shown.map(([reason, { length, 0: first }]) => {
      const what = length === 1 ? text(first?.id ?? '') : `${several(length, 'check')}`
      return `- ${what}: ${text(reason)}`
    }),
  ])
}

/** How many checks passed, failed and were skipped, by section, and why they were skipped. */
export const checks = (summary: Summary): PagePart => {
  const failed = count(summary.checks, 'failed')
  const failedCount = failed === 0 ? '0 failed' : `**${failed} failed**`
  return {
    title: 'Checks',
    glance: `${count(summary.checks, 'passed')} passed, ${failedCount}, ${count(summary.checks, 'skipped')} skipped`,
    details: [...sections(summary), ...skipped(summary)],
  }
}
