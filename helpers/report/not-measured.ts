import type { CheckResult, Summary } from './summary.ts'

const reasonsAtMost = 3

const firstLine = (text: string): string => text.split('\n', 1)[0] ?? ''

const within = (prefix: string) => {
  const next = ['.', '[', undefined]
  return ({ id }: CheckResult): boolean => id.startsWith(prefix) && next.includes(id[prefix.length])
}

// What never runs in a mode says nothing of why something that does is missing.
const ofAnotherMode = /^MODE=\w+ does not do this$/

const reasonsNotMeasured = ({ checks }: Summary, prefix: string): string[] => {
  const own = checks.filter(within(prefix))
  if (own.length === 0) return [`${prefix} did not run`]
  const red = own.find(({ status }) => status === 'failed')
  if (red !== undefined) return [`${red.id} failed, ${firstLine(red.reason ?? 'without a word')}`]
  const skipped = own.filter(({ status }) => status === 'skipped')
  return skipped.map(({ reason = 'no reason given' }) => firstLine(reason))
}

/**
 * `not measured: …` with why a run has no figures of something, from the checks that would have measured it: those whose
 * id is one of `prefixes`, or goes on from it with `.` or `[`. It is what a red check says, the reasons of those that
 * were skipped, or that none ran; `otherwise` where they all passed, because then there was nothing to measure.
 */
export const notMeasured = (summary: Summary, prefixes: readonly string[], otherwise: string): string => {
  const all = [...new Set(prefixes.flatMap((prefix) => reasonsNotMeasured(summary, prefix)))]
  const better = all.filter((reason) => !ofAnotherMode.test(reason))
  const reasons = better.length === 0 ? all : better
  const more = reasons.length - reasonsAtMost
  const said = [...reasons.slice(0, reasonsAtMost), ...(more > 0 ? [`and ${more} more reasons`] : [])]
  return `not measured: ${reasons.length === 0 ? otherwise : said.join('; ')}`
}
