import type { Snapshot } from '../../core/schema/model.ts'
import { testClaim } from '../../verify/claims/claims.ts'
import { guideClaims, statementKinds } from '../../verify/claims/guide-claim.ts'
import { forEach, type Section } from '../section.ts'

/** Registers one check for each claim that this section puts to the server. A refuted claim is no red check. */
export const checkClaims = (
  { check, context, migration, write }: Section,
  section: 'preflight' | 'postconditions',
  snapshot: () => Promise<Snapshot>,
): void => {
  const claims = guideClaims(migration, ...statementKinds).filter((item) => item.section === section)
  forEach('claims', claims, (item) => {
    check(['claims', item.name], `the guide: ${item.claim}`, async ({ claim, show, skip }) => {
      if (context.target.token === null) skip('the guide is put to the test in a rehearsal')
      const verdict = await write(async (session) => testClaim(session, item, await snapshot()))
      show(verdict)
      claim(verdict)
    })
  })
}
