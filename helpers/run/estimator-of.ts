import { findRehearsedRates, passFileOf } from '../gate/rehearsal-pass.ts'
import { type Estimator, estimatorFor } from '../migrate/estimate/estimator.ts'
import { calibratedRates, rehearsedRates } from '../migrate/estimate/rate-source.ts'
import type { Section } from './section.ts'

/** What tells a section's steps their time: trials on a throw-away server, and on any other the rehearsal's rates. */
export const estimatorOf = ({ context, run, lock }: Section, say: (line: string) => void): Estimator => {
  const { address, sessionOptions, token } = context.target
  const { CONNECTIONS, REHEARSAL_PASS, REPORTS_DIR, VERBOSE } = context.settings
  return estimatorFor({
    server: { address, sessionOptions },
    added: lock.adds.indexes,
    connections: CONNECTIONS,
    rates:
      token === null
        ? rehearsedRates(() =>
            findRehearsedRates(REHEARSAL_PASS ?? passFileOf(REPORTS_DIR, context.migration.name)),
          )
        : calibratedRates({ address, token }, run, VERBOSE === '1' ? say : () => {}),
  })
}
