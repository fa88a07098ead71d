import type { Claim } from '../../core/record/claim.ts'
import { notMeasured } from '../not-measured.ts'
import type { Summary } from '../summary.ts'
import { listed, type PagePart } from './blocks.ts'
import { fenced, text } from './escape.ts'

const shownAtMost = 25

const shownClaim = ({ claim, measured }: Claim): string[] =>
  measured.trim().includes('\n')
    ? [`- ${text(claim)}`, '', ...fenced(measured, 2, 900), '']
    : [`- ${text(claim)}${measured.trim() === '' ? '' : `: ${text(measured.trim(), 400)}`}`]

// A claim that held needs no query plan here; summary.json has every one.
const inShort = (claim: Claim): Claim =>
  claim.verdict === 'held' && claim.measured.includes('\n') ? { ...claim, measured: '' } : claim

const verdicts = ['refuted', 'unchecked', 'held'] as const

/** What the server said of each sentence of the guide: what it refuted first. */
export const claims = (summary: Summary): PagePart => {
  const title = 'Claims of the guide'
  if (summary.claims.length === 0) {
    return {
      title,
      glance: text(notMeasured(summary, ['query-plans'], 'the migration has no claims')),
      details: [],
    }
  }
  const by = (verdict: Claim['verdict']) => summary.claims.filter((claim) => claim.verdict === verdict)
  return {
    title,
    glance: `${by('held').length} held, ${by('refuted').length} refuted, ${by('unchecked').length} unchecked`,
    details: verdicts.flatMap((verdict) =>
      listed(by(verdict), shownAtMost, (own) => [
        '',
        `**${verdict}** (${by(verdict).length})`,
        '',
        ...own.map(inShort).flatMap(shownClaim),
      ]),
    ),
  }
}
