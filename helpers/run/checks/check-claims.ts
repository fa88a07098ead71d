import type { Snapshot } from '../../core/schema/model.ts'
import { readStatements } from '../../migrate/folder/migration.ts'
import { headerOf, testClaim } from '../../verify/claims/claims.ts'
import { forEach, type Section } from '../section.ts'

/** Registers one check for each claim of claims.sql that belongs to this section. A refuted claim is no red check. */
export const checkClaims = (
  { check, context, migration, write }: Section,
  section: 'preflight' | 'postconditions',
  snapshot: () => Promise<Snapshot>,
): void => {
  const claims = readStatements(migration, 'claims').filter((item) => headerOf(item).section === section)
  forEach('claims', claims, (statement) => {
    check(
      ['claims', statement.name],
      `the guide: ${headerOf(statement).claim}`,
      async ({ claim, show, skip }) => {
        if (context.target.token === null) skip('the guide is put to the test in a rehearsal')
        const verdict = await write(async (session) => testClaim(session, statement, await snapshot()))
        show(verdict)
        claim(verdict)
      },
    )
  })
}
