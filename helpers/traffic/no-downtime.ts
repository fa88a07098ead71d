import type { Claim } from '../core/record/claim.ts'
import type { PhaseFigures } from './phases.ts'

/** A page that nobody gets for this long, in ms, is down, even when it is there again before anybody is turned away. */
const downMs = 5000

const migrating: readonly PhaseFigures['phase'][] = ['indexes', 'constraints']

const ratio = (during: number | null, before: number | null): string =>
  during === null || before === null || before === 0 ? 'unknown' : `${(during / before).toFixed(1)} times`

/** What became of the guide's promise, from the figures of the phases; unchecked when one of them is missing. */
export const judgeDowntime = (lines: readonly PhaseFigures[]): Omit<Claim, 'section'> => {
  const claim = 'No downtime: the application answers while the migration runs'
  const before = lines.findLast(({ phase }) => phase === 'before')
  const during = migrating.flatMap((wanted) => lines.findLast(({ phase }) => phase === wanted) ?? [])
  if (before === undefined || during.length < migrating.length)
    return { claim, verdict: 'unchecked', measured: 'a phase has no figures' }
  const isDown = during.some(
    ({ errors, longestStallMs, applicationEnded }) =>
      errors > 0 || longestStallMs >= downMs || applicationEnded !== undefined,
  )
  const measured = during.map(
    ({ phase, requests, errors, p99, longestStallMs }) =>
      `${phase}: ${errors} of ${requests} requests failed, longest stall ${longestStallMs} ms, p99 ${p99} ms, ${ratio(p99, before.p99)} the ${before.p99} ms of before`,
  )
  return { claim, verdict: isDown ? 'refuted' : 'held', measured: measured.join('; ') }
}
