import { type TrafficPhase, trafficLog } from '../../core/record/traffic.ts'
import { statementsOf } from '../../migrate/folder/migration.ts'
import { readJournal } from '../../traffic/journal.ts'
import { assertUndisturbed, describePhase } from '../../traffic/phases.ts'
import { assertAccounted, readAccounts } from '../../traffic/purchases.ts'
import { reasonWithoutTraffic } from '../../traffic/scope.ts'
import { forEach, type Section } from '../section.ts'

/** Registers the checks of what the buyers saw in these phases, and of what they bought up to now. */
export const checkTraffic = (section: Section, phases: readonly TrafficPhase[]): void => {
  const { check, run, read, migration } = section
  const reason = reasonWithoutTraffic(section)

  forEach('traffic', [...phases, 'warm-up'] as const, (phase) => {
    check(['traffic', phase], `no request failed: ${phase}`, async ({ show, skip }) => {
      if (reason !== undefined) return skip(reason)
      const lines = trafficLog.read(run)
      show(
        lines.filter((line) => line.phase === phase).map((line) => ({ ...line, text: describePhase(line) })),
      )
      assertUndisturbed(phase, lines)
    })
  })

  check('purchases', 'every purchase is there, once and complete', async ({ show, skip }) => {
    if (reason !== undefined) return skip(reason)
    const statements = statementsOf(migration, 'accounts')
    const accounts = await read((session) => readAccounts(session, statements, readJournal(run)))
    show(accounts)
    assertAccounted(accounts)
  })
}
