import { HarnessError } from '../helpers/core/errors/harness-error.ts'
import { beforeRecord } from '../helpers/core/record/before.ts'
import { once } from '../helpers/core/record/memo.ts'
import { assertUnchanged, describeChanges } from '../helpers/core/schema/changes.ts'
import { type Constraint, type Index, qualifiedName, type Snapshot } from '../helpers/core/schema/model.ts'
import { readSnapshot } from '../helpers/core/schema/read-snapshot.ts'
import { assertViewAnswers, viewQuery } from '../helpers/core/schema/view-answers.ts'
import { withoutIncidentals } from '../helpers/core/schema/without-incidentals.ts'
import { readCheckSwitch } from '../helpers/core/server/switch.ts'
import { quoteName } from '../helpers/core/text/quote.ts'
import { statementsOf } from '../helpers/migrate/folder/migration.ts'
import { constraintStatement, indexStatement } from '../helpers/migrate/folder/statements.ts'
import { describeConstraint, describeIndex, differenceOf } from '../helpers/migrate/lock/difference.ts'
import { withoutAdditions } from '../helpers/migrate/lock/without-additions.ts'
import { checkClaims } from '../helpers/run/checks/check-claims.ts'
import { foundRecord } from '../helpers/run/records.ts'
import { forEach, section } from '../helpers/run/section.ts'
import { probeConstraint } from '../helpers/verify/enforcement/probe.ts'

const postconditions = section('postconditions', {
  needs: ['constraints'],
  modes: ['rehearse', 'check', 'apply'],
})
const { check, context, read, write, probing, run, lock, migration } = postconditions
const snapshot = once(() => read(readSnapshot))

const difference = once(async () => {
  const found = differenceOf(lock.adds, await snapshot())
  const names = ({
    present,
    different,
  }: {
    present: readonly (Index | Constraint)[]
    different: readonly { wanted: Index | Constraint }[]
  }) => ({
    present: present.map(qualifiedName),
    different: different.map(({ wanted }) => qualifiedName(wanted)),
  })
  foundRecord.write(run, { indexes: names(found.indexes), constraints: names(found.constraints) })
  return found
})

const switchNote = async () =>
  (await read(readCheckSwitch))
    ? ''
    : ' tidb_enable_check_constraint is OFF: while it is, TiDB answers ADD CONSTRAINT with success and adds nothing.'

forEach('indexes', lock.adds.indexes, (wanted) => {
  const name = qualifiedName(wanted)
  check(
    ['indexes', name],
    `index ${name}: columns, prefix length, visibility`,
    async ({ show }) => {
      const { missing, different } = (await difference()).indexes
      const other = different.find((pair) => pair.wanted === wanted)
      show({
        wanted: describeIndex(wanted),
        found: other === undefined ? undefined : describeIndex(other.found),
      })
      if (missing.includes(wanted)) {
        throw new HarnessError('INDEX_MISSING', {
          what: `The index ${name} is missing.`,
          next: `${indexStatement(wanted)};`,
        })
      }
      if (other !== undefined) {
        throw new HarnessError('INDEX_DIFFERENT', {
          what: `The index ${name} is there but different.\n    wanted  ${describeIndex(wanted)}\n    found   ${describeIndex(other.found)}`,
          next: 'Decide by hand which one is right. The harness never drops an index that it did not add.',
        })
      }
    },
    { afterOnly: true },
  )
})

forEach('constraints', lock.adds.constraints, (wanted) => {
  const name = qualifiedName(wanted)
  check(
    ['constraints', name],
    `constraint ${name}: table, name, clause, enforced`,
    async ({ show }) => {
      const { missing, different } = (await difference()).constraints
      const other = different.find((pair) => pair.wanted === wanted)
      show({
        wanted: describeConstraint(wanted),
        found: other === undefined ? undefined : describeConstraint(other.found),
      })
      if (missing.includes(wanted)) {
        throw new HarnessError('CONSTRAINT_MISSING', {
          what: `The constraint ${name} is missing.${await switchNote()}`,
          next: `SET GLOBAL tidb_enable_check_constraint = ON; ${constraintStatement(wanted)};`,
        })
      }
      if (other !== undefined) {
        throw new HarnessError('CONSTRAINT_DIFFERENT', {
          what: `The constraint ${name} is there but different.\n    wanted  ${describeConstraint(wanted)}\n    found   ${describeConstraint(other.found)}`,
          next: 'Decide by hand which one is right, then drop or alter the other with the switch ON.',
        })
      }
    },
    { afterOnly: true },
  )
})

const probes = statementsOf(migration, 'probes')
const mayProbe = context.settings.PROBE === '1'
const trying = context.mode === 'check' ? probing : write
forEach('enforcement', lock.adds.constraints, (constraint) => {
  const name = qualifiedName(constraint)
  const wanted = constraint.enforced ? 'refused' : 'accepted'
  check(
    ['enforcement', name],
    `a row that breaks ${name} is ${wanted}`,
    async ({ show, skip }) => {
      if (context.mode === 'check') {
        const isThere = (await difference()).constraints.present.some((item) => qualifiedName(item) === name)
        if (!isThere) return skip('the constraint is missing or different')
        if (!mayProbe) {
          show({ declaredEnforced: constraint.enforced })
          return skip(
            'read, not probed: a probe writes, and MODE=check does so with PROBE=1 only',
            'NOT_ASKED',
          )
        }
      }
      const written = probes.find((item) => item.name === name)
      const probe = await trying(async (session) =>
        probeConstraint(session, await snapshot(), constraint, written),
      )
      show({ enforcement: 'probed, and rolled back', ...probe })
      // No row can break it, enforced or not: the type of a column refuses each that would.
      if (probe.outcome === wanted || probe.outcome === 'guaranteed') return
      throw new HarnessError('CONSTRAINT_NOT_ENFORCED', {
        what: `${name}: wanted ${wanted}, got ${probe.outcome}: ${probe.answer}${probe.statement === '' ? '' : `\n    ${probe.statement}`}`,
        why: 'The statement was rolled back.',
        next: `See how the constraint stands: SHOW CREATE TABLE ${quoteName(constraint.table)}`,
      })
    },
    { afterOnly: true },
  )
})

forEach('views', lock.baseline.views, ({ name }) => {
  check(
    ['views', name],
    `view ${name} still answers`,
    async ({ skip }) => {
      if (!(await snapshot()).views.some((view) => view.name.toLowerCase() === name.toLowerCase()))
        return skip('this schema has no such view')
      await read((session) => assertViewAnswers(session, name))
    },
    { asks: viewQuery(name) },
  )
})

check('nothing-else', 'nothing else in the schema has changed', async ({ show, skip }) => {
  if (context.mode === 'check') return skip('there is no record of the schema before')
  // Partitions of a live target come and go while it is migrated.
  const compared = (schema: Snapshot) =>
    withoutAdditions(lock.adds, context.target.token === null ? withoutIncidentals(schema) : schema)
  const changes = describeChanges(compared(beforeRecord.read(run).schema), compared(await snapshot()))
  show({ changes })
  assertUnchanged(changes, 'More has changed than the lock says')
})

checkClaims(postconditions, 'postconditions', snapshot)
