import { once } from '../../core/record/memo.ts'
import { findTable, qualifiedName, type Snapshot } from '../../core/schema/model.ts'
import { statementsOf } from '../../migrate/folder/migration.ts'
import {
  assertNoDuplicates,
  canLookForDuplicates,
  findDuplicates,
} from '../../migrate/precondition/duplicates.ts'
import { assertNoViolations, findAllViolations } from '../../migrate/precondition/violations.ts'
import { assertNoOrphans, findOrphans, hasKey } from '../../verify/preflight/orphans.ts'
import { scanLimits, skipUnlessWhole } from '../limits/scan-limits.ts'
import { forEach, type Section } from '../section.ts'

// Before anything is added all rows are looked at, however long it takes: each statement has a limit of its own. What is
// only taken away asks nothing of the rows.
const readsRows = { timeoutMs: 0, modes: ['rehearse', 'check', 'apply'] as const }

/** Registers the checks of what the rows of a target must fulfil: no violation, no duplicate, no orphan. */
export const checkRows = (
  { check, context, read, lock, migration, showValues }: Section,
  snapshot: () => Promise<Snapshot>,
): void => {
  const remedies = statementsOf(migration, 'remedies')
  const violations = once(() =>
    read(async (session) =>
      findAllViolations(session, await snapshot(), lock.adds.constraints, remedies, {
        showValues,
        limits: scanLimits(context, 'rows that break a constraint'),
      }),
    ),
  )
  forEach('violations', lock.adds.constraints, (constraint) => {
    check(
      ['violations', qualifiedName(constraint)],
      `no row breaks ${qualifiedName(constraint)}`,
      async ({ show }) => {
        const found = (await violations()).filter((item) => item.constraint === constraint)
        show(found.map(({ count, first, remedy, scanned }) => ({ count, first, remedy, scanned })))
        if (constraint.enforced) assertNoViolations(found)
        for (const { scanned } of found) skipUnlessWhole(scanned, constraint.table, context.settings)
      },
      readsRows,
    )
  })

  forEach(
    'duplicates',
    lock.adds.indexes.filter(({ unique }) => unique),
    (index) => {
      check(
        ['duplicates', qualifiedName(index)],
        `no two rows are equal by ${qualifiedName(index)}`,
        async ({ show, skip }) => {
          if (!canLookForDuplicates(index))
            skip(
              'the rows of a multi-valued or partial index cannot be compared before it is there',
              'COULD_NOT_CHECK',
            )
          const found = await read(async (session) =>
            findDuplicates(session, await snapshot(), index, showValues),
          )
          const { groups, rows, first } = found
          show({ groups, rows, first })
          assertNoDuplicates([found])
        },
        { ...readsRows, reads: [index.table] },
      )
    },
  )

  forEach(
    'orphans',
    lock.baseline.tables.flatMap(({ foreignKeys }) => foreignKeys),
    (key) => {
      check(
        ['orphans', qualifiedName(key)],
        `every row of ${key.table} has its ${key.referencedTable} (${key.name})`,
        async ({ show, skip }) => {
          const table = findTable(await snapshot(), key.table)
          if (table === undefined || !hasKey(await snapshot(), key))
            return skip('this schema has not both sides of it')
          const limits = scanLimits(context, `orphans of ${qualifiedName(key)}`)
          const orphans = await read((session) => findOrphans(session, table, key, { showValues, limits }))
          show(orphans)
          assertNoOrphans(orphans, key)
          skipUnlessWhole(orphans.scanned, key.table, context.settings)
        },
        readsRows,
      )
    },
  )
}
