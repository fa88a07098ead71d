import type { Mode } from '../../core/config/settings.ts'
import { readEstimates } from '../../migrate/estimate/record.ts'
import type { TimeClaim } from '../../migrate/folder/time-claim-shape.ts'
import { judgeTime } from '../../verify/claims/time-claim.ts'
import { forEach, type Section } from '../section.ts'
import { reasonNotToJudge } from './check-estimate.ts'

/** Registers one check for each time of the guide that is known when this section has run. No time is a red check. */
export const checkTimeClaims = (
  section: Section,
  of: readonly TimeClaim['of'][],
  modes: readonly Mode[],
): void => {
  const claims = section.migration.times.filter((item) => of.includes(item.of))
  forEach('times of the guide', claims, (item) => {
    section.check(
      ['claims', item.name],
      `the guide: ${item.claim}`,
      async ({ claim, show, skip }) => {
        const { run } = section
        const lines = [
          ...(item.of === 'constraints' ? [] : readEstimates(run, 'indexes')),
          ...(item.of === 'indexes' ? [] : readEstimates(run, 'constraints')),
        ]
        const verdict = judgeTime(item, lines, reasonNotToJudge(section))
        if (verdict === undefined) return skip('no step had to run')
        show(verdict)
        claim(verdict)
      },
      { modes },
    )
  })
}
