import type { Claim } from '../../core/record/claim.ts'
import { summaryRecord } from '../summary.ts'
import { oneLine } from './clip.ts'
import { color } from './paint.ts'

const shownAtMost = 18
const measuredAtMost = 100
// A query plan says nothing on one line.
const linesOfFact = 2

const factOf = ({ measured }: Claim): string =>
  measured.split('\n').length > linesOfFact ? '' : `: ${oneLine(measured, measuredAtMost)}`

/** How many claims of the guide held, and the refuted ones, one line each; the report has every one with its evidence. */
export const claimLines = (claims: readonly Claim[]): string[] => {
  if (claims.length === 0) return []
  const of = (verdict: Claim['verdict']) => claims.filter((claim) => claim.verdict === verdict)
  const refuted = of('refuted')
  const more = refuted.length - shownAtMost
  return [
    `  ${of('held').length} held, ${refuted.length} refuted, ${of('unchecked').length} unchecked; ${summaryRecord.name} has them all`,
    ...refuted
      .slice(0, shownAtMost)
      .map((claim) => `  ${color('yellow', 'refuted')}  ${claim.claim}${factOf(claim)}`),
    ...(more > 0 ? [`  … and ${more} more refuted`] : []),
  ]
}
