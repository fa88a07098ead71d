import type { Mode } from '../../core/config/settings.ts'
import { type MigrationPart, readEstimates } from '../../migrate/estimate/record.ts'
import { assertEstimate, bar, truthOf } from '../../migrate/estimate/truth.ts'
import { dataRecord } from '../records.ts'
import type { Section } from '../section.ts'

const judgedScales = ['standard', 'large']
// Where both are shorter, one hiccup of the machine is a factor of 2. Nobody plans a night by it.
const judgedFromMs = 5_000

/** Why times are put on record and not judged; undefined where they are. */
export const reasonNotToJudge = ({ context, run }: Section): string | undefined => {
  const recorded = 'recorded, not judged:'
  if (context.target.token === null) return `${recorded} what else this server has to do is not ours to know`
  if (!dataRecord.has(run)) return `${recorded} the data of this rehearsal does not grow with SCALE`
  const { SCALE } = context.settings
  return judgedScales.includes(SCALE)
    ? undefined
    : `${recorded} SCALE=${SCALE} is over too soon; the bar is for ${judgedScales.join(' and ')}`
}

/** Registers the check that a part of the migration took what it was estimated at. */
export const checkEstimate = (section: Section, part: MigrationPart, modes: readonly Mode[]): void => {
  section.check(
    'estimate',
    `the time of all its steps together was estimated within a factor of ${bar}`,
    async ({ show, skip }) => {
      const lines = readEstimates(section.run, part)
      const truth = truthOf(lines)
      if (truth === undefined) return skip('no step had to run')
      show({ ...truth, lines })
      const reason = reasonNotToJudge(section)
      if (reason !== undefined) return skip(reason, 'NOT_JUDGED')
      if (Math.max(truth.estimatedMs, truth.tookMs ?? 0) < judgedFromMs)
        return skip(
          `recorded, not judged: less than ${judgedFromMs / 1000} s, estimated and taken`,
          'NOT_JUDGED',
        )
      assertEstimate(part, lines)
    },
    { modes },
  )
}
