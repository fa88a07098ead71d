import type { Claim } from '../../core/record/claim.ts'
import type { BenchmarkRecord } from './record.ts'
import type { Subject } from './subjects.ts'
import { describeReduction } from './verdict.ts'

type Verdict = Omit<Claim, 'section'>

const limitClaim = ({ id, limitMs }: Subject, { before, after, status }: BenchmarkRecord): Verdict[] => {
  if (limitMs === undefined || after === undefined) return []
  const was = before === undefined ? '' : `; before it was ${before.p95} ms`
  return [
    {
      claim: `${id} takes less than ${limitMs} ms at p95`,
      verdict: status === 'unchecked' ? 'unchecked' : after.p95 < limitMs ? 'held' : 'refuted',
      measured: `p95 is ${after.p95} ms over ${after.samples} executions${was}`,
    },
  ]
}

const reductionClaim = ({ id, reduction: promised }: Subject, record: BenchmarkRecord): Verdict[] => {
  if (promised === undefined) return []
  const claim = `${id} takes ${promised.from} to ${promised.to} % less time`
  const { reduction, change, pairs, before, after, notCompared } = record
  if (change === 'not compared') {
    const were =
      before === undefined || after === undefined ? '' : `; p50 was ${before.p50} ms and is ${after.p50} ms`
    return [
      {
        claim,
        verdict: 'unchecked',
        measured: `${notCompared ?? 'both sides were not run in pairs'}${were}`,
      },
    ]
  }
  if (reduction === undefined) {
    const measured = `its plan uses no new index; p50 was ${before?.p50} ms and is ${after?.p50} ms`
    return [{ claim, verdict: 'refuted', measured }]
  }
  const isHeld = change === 'faster' && reduction.percent >= promised.from
  const more = isHeld && reduction.low > promised.to ? ', more than claimed' : ''
  const measured = `${describeReduction(reduction)} in ${pairs} pairs${more}`
  return [{ claim, verdict: isHeld ? 'held' : 'refuted', measured }]
}

/** What the guide promises of a statement, and what was measured. A reduction counts when its interval leaves out 0. */
export const claimsOf = (subject: Subject, record: BenchmarkRecord): Verdict[] => [
  ...limitClaim(subject, record),
  ...reductionClaim(subject, record),
]
