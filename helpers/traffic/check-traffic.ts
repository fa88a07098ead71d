import { readStatements } from '../migration/migration.ts'
import { forEach, type Section } from '../run/section.ts'
import { readJournal } from './journal.ts'
import { assertUndisturbed, describePhase, readPhases, type TrafficPhase } from './phases.ts'
import { assertAccounted, readAccounts } from './purchases.ts'
import { reasonWithoutTraffic } from './scope.ts'

/** Registers the checks of what the buyers saw in these phases, and of what they bought up to now. */
export const checkTraffic = (section: Section, phases: readonly TrafficPhase[]): void => {
  const { check, run, read, migration } = section
  const reason = reasonWithoutTraffic(section)

  forEach('traffic', [...phases, 'warm-up'] as const, (phase) => {
    check(['traffic', phase], `no request failed: ${phase}`, async ({ show, skip }) => {
      if (reason !== undefined) return skip(reason)
      const lines = readPhases(run)
      show(
        lines.filter((line) => line.phase === phase).map((line) => ({ ...line, text: describePhase(line) })),
      )
      assertUndisturbed(phase, lines)
    })
  })

  check('purchases', 'every purchase is there, once and whole', async ({ show, skip }) => {
    if (reason !== undefined) return skip(reason)
    const statements = readStatements(migration, 'accounts')
    const accounts = await read((session) => readAccounts(session, statements, readJournal(run)))
    show(accounts)
    assertAccounted(accounts)
  })
}
