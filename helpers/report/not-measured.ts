import type { CheckResult, Summary } from './summary.ts'

const reasonsAtMost = 3

const firstLine = (text: string): string => text.split('\n', 1)[0] ?? ''

const within = (prefix: string) => {
  const next = ['.', '[', undefined]
  return ({ id }: CheckResult): boolean => id.startsWith(prefix) && next.includes(id[prefix.length])
}

const reasonOfRed = ({ failure, reason = 'without a word' }: CheckResult): string =>
  firstLine(failure === undefined ? reason : `${failure.code}: ${failure.what}`)

/** Why there is nothing, and whether that is only because another mode does it. */
interface Why {
  readonly reason: string
  readonly isOfMode: boolean
}

const because = (reason: string): Why => ({ reason, isOfMode: false })

const reasonsNotMeasured = ({ checks }: Summary, prefix: string): Why[] => {
  const own = checks.filter(within(prefix))
  if (own.length === 0) return [because(`${prefix} did not run`)]
  const red = own.find(({ status }) => status === 'failed')
  if (red !== undefined) return [because(`${red.id} failed, ${reasonOfRed(red)}`)]
  return own
    .filter(({ status }) => status === 'skipped')
    .map(({ reason = 'no reason given', skipCode }) => ({
      reason: firstLine(reason),
      isOfMode: skipCode === 'OTHER_MODE',
    }))
}

/**
 * `not measured: …` with why a run has no figures of something, from the checks that would have measured it: those whose
 * id is one of `prefixes`, or goes on from it with `.` or `[`. It is what a red check says, the reasons of those that
 * were skipped, or that none ran; `otherwise` where they all passed, because then there was nothing to measure.
 */
export const notMeasured = (summary: Summary, prefixes: readonly string[], otherwise: string): string => {
  const all = prefixes.flatMap((prefix) => reasonsNotMeasured(summary, prefix))
  // What never runs in a mode says nothing of why something that does is missing.
  const better = all.filter(({ isOfMode }) => !isOfMode)
  const reasons = [...new Set((better.length === 0 ? all : better).map(({ reason }) => reason))]
  const more = reasons.length - reasonsAtMost
  const said = [...reasons.slice(0, reasonsAtMost), ...(more > 0 ? [`and ${more} more reasons`] : [])]
  return `not measured: ${reasons.length === 0 ? otherwise : said.join('; ')}`
}
