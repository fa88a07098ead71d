import { existsSync } from 'node:fs'
import { expect } from 'vitest'
import { z } from 'zod'
import { HarnessError } from '../helpers/core/errors/harness-error.ts'
import { beforeRecord } from '../helpers/core/record/before.ts'
import { once } from '../helpers/core/record/memo.ts'
import { readRowHashes } from '../helpers/core/rows/row-hash.ts'
import { findTable } from '../helpers/core/schema/model.ts'
import { readSnapshot } from '../helpers/core/schema/read-snapshot.ts'
import { assertViewAnswers, viewQuery } from '../helpers/core/schema/view-answers.ts'
import { readAt, readMoment } from '../helpers/core/server/moment.ts'
import { openReadSession } from '../helpers/core/server/session.ts'
import { readCheckSwitch } from '../helpers/core/server/switch.ts'
import { assertNoTransactions, longTransactions } from '../helpers/core/server/transactions.ts'
import { assertRelease, isAtLeast, parseRelease } from '../helpers/core/server/version.ts'
import { quoteName } from '../helpers/core/text/quote.ts'
import { assertAsRehearsed } from '../helpers/gate/as-rehearsed.ts'
import { assertPass, passDemandOf } from '../helpers/gate/rehearsal-pass.ts'
import { assertNoJobs, unfinishedJobs } from '../helpers/migrate/apply/jobs/ddl-jobs.ts'
import { waitForJobs } from '../helpers/migrate/apply/jobs/watch-jobs.ts'
import { hasTurnedSwitch } from '../helpers/migrate/apply/rollback.ts'
import { safeReorg } from '../helpers/migrate/apply/settings/fast-reorg.ts'
import { assertNothingDifferent, differenceOf } from '../helpers/migrate/lock/difference.ts'
import { driftOf, driftRecord } from '../helpers/migrate/lock/drift.ts'
import { namedDifferences } from '../helpers/migrate/lock/named-columns.ts'
import { assertSide, positionOf, positionRecord } from '../helpers/migrate/lock/position.ts'
import { stepLog } from '../helpers/migrate/step/step.ts'
import { checkClaims } from '../helpers/run/checks/check-claims.ts'
import { checkRows } from '../helpers/run/checks/check-rows.ts'
import { forEach, section } from '../helpers/run/section.ts'
import { rowsOfTraffic } from '../helpers/traffic/scope.ts'
import { assertAsMade, assertThere } from '../helpers/verify/preflight/columns.ts'
import {
  excessOf,
  needsOfCheck,
  needsOfWork,
  readPrivileges,
  unmetNeeds,
  type WorkAhead,
} from '../helpers/verify/preflight/privileges.ts'

const preflight = section('preflight')
const { check, context, read, run, lock, migration, ledger } = preflight
const database = context.target.address.database ?? ''
const snapshot = once(() => read(readSnapshot))
const isThrowAway = context.target.token !== null
const minimumRelease = context.settings.MINIMUM_RELEASE
const minimumOfRehearsal = '7.5.0'
const changedTables = [...new Set([...lock.adds.indexes, ...lock.adds.constraints].map(({ table }) => table))]

const fail = (code: string, what: string, next: string): never => {
  throw new HarnessError(code, { what, next })
}

check('version', `the server is TiDB ${minimumRelease} or later`, async ({ show, claim }) => {
  const { version } = context.target
  const minimum = isThrowAway ? minimumOfRehearsal : minimumRelease
  show({ version, minimum })
  assertRelease(version, minimum)
  const release = parseRelease(version)
  const isEnough = release !== undefined && isAtLeast(release, minimumRelease)
  const note = `${version}: accepted for a rehearsal; the target to be migrated needs v${minimumRelease}`
  const verdict = isEnough ? 'held' : 'unchecked'
  claim({ claim: `The server is v${minimumRelease} or later`, verdict, measured: isEnough ? version : note })
})

const differences = once(async () => namedDifferences(lock.adds, lock.baseline, await snapshot()))
const structureOf = context.settings.BASELINE_FROM ?? (isThrowAway ? undefined : context.target.name)
const wayToFit =
  structureOf === undefined
    ? `Rehearse on the schema that the lock was made on: BASELINE_FROM=${lock.baselineFrom ?? '<target>'} npx vitest run`
    : `Point the suite at the right database, or make a lock on this structure: BASELINE_FROM=${structureOf} MIGRATION=${migration.given} npm run lock`
forEach('tables', changedTables, (table) => {
  check(['tables', table], `table ${table} has the columns that the lock names`, async ({ show }) => {
    assertThere(findTable(await snapshot(), table), table, database)
    const changes = (await differences()).filter((item) => item.table === table).map(({ what }) => what)
    show({ changes })
    assertAsMade(table, changes, wayToFit)
  })
})

forEach('views', lock.baseline.views, ({ name }) => {
  check(
    ['views', name],
    `view ${name} answers`,
    async ({ skip }) => {
      if (!(await snapshot()).views.some((view) => view.name.toLowerCase() === name.toLowerCase()))
        return skip('this schema has no such view')
      await read((session) => assertViewAnswers(session, name))
    },
    { asks: viewQuery(name) },
  )
})

check('audit-log', 'the audit table answers', async ({ show, skip }) => {
  const { auditTable } = migration
  if (auditTable === undefined) return skip('the migration names no auditTable')
  const rows = await read((session) =>
    session.rows(z.unknown(), `SELECT 1 FROM ${quoteName(auditTable)} LIMIT 1`),
  )
  show({ table: auditTable, hasRows: rows.length > 0 })
})

forEach('soft delete', migration.softDelete?.tables ?? [], (table) => {
  check(['soft-delete', table], `table ${table} has the column ${migration.softDelete?.column}`, async () => {
    const columns = findTable(await snapshot(), table)?.columns.map(({ name }) => name)
    expect(columns).toContain(migration.softDelete?.column)
  })
})

check('check-switch', 'the switch for CHECK constraints can be ON', async ({ show }) => {
  const privileges = await read((session) => readPrivileges(session, database))
  const isOn = await read(readCheckSwitch)
  const mayTurnOn = privileges.has('SUPER') || privileges.has('SYSTEM_VARIABLES_ADMIN')
  show({
    tidb_enable_check_constraint: isOn ? 'ON' : 'OFF',
    mayTurnOn,
    note: isOn ? '' : 'Part B turns it ON',
  })
  if (!isOn && !mayTurnOn && isThrowAway) {
    fail(
      'CHECK_SWITCH_OFF',
      `tidb_enable_check_constraint is OFF, and ${privileges.account} may not turn it ON.`,
      'As an administrator: SET GLOBAL tidb_enable_check_constraint = ON',
    )
  }
})

check('conflicts', 'no name of the lock is taken by something else', async ({ show }) => {
  const difference = differenceOf(lock.adds, await snapshot())
  show({
    indexesPresent: difference.indexes.present.length,
    constraintsPresent: difference.constraints.present.length,
  })
  assertNothingDifferent(difference)
})

checkRows(preflight, snapshot)

const open = () => openReadSession(context.target.address, context.target.sessionOptions)
const waitsForJobs = context.mode === 'apply' || context.mode === 'rollback'
check(
  'ddl-idle',
  'no DDL job runs or waits in this database',
  async ({ show }) => {
    // A run that follows a killed one finds the server still at work for it, and so does one beside other people.
    if (waitsForJobs)
      return show({
        waitedFor: await waitForJobs(open, (line) => console.log(`   ${line}`)),
      })
    const jobs = await read(unfinishedJobs)
    show({ jobs })
    assertNoJobs(jobs)
  },
  { timeoutMs: waitsForJobs ? 0 : 300_000 },
)

check('transactions', 'no long transaction is open on the tables', async ({ show, skip }) => {
  const privileges = await read((session) => readPrivileges(session, database))
  // Without it the server shows the account's own transactions only, and the check could not fail.
  if (!privileges.has('PROCESS'))
    return skip(
      `could not check, needs PROCESS: ${privileges.account} sees only its own transactions`,
      'COULD_NOT_CHECK',
    )
  const seconds = context.settings.LONG_TRANSACTION_SECONDS
  const found = await read((session) => longTransactions(session, changedTables, seconds))
  show({ found, longerThanSeconds: seconds })
  assertNoTransactions(found)
})

const switchTurn = async (mode: 'apply' | 'rollback' | 'rehearse', constraints: boolean) => {
  if (!(await read(readCheckSwitch)) && constraints) return 'turn tidb_enable_check_constraint ON'
  // A rehearsal and a rollback put it back.
  const isToPutBack = mode === 'rollback' && hasTurnedSwitch(ledger === undefined ? [] : stepLog.read(ledger))
  return isToPutBack ? 'put tidb_enable_check_constraint back' : undefined
}

const workAhead = async (mode: 'apply' | 'rollback' | 'rehearse'): Promise<WorkAhead> => {
  const { indexes, constraints } = differenceOf(lock.adds, await snapshot())
  const side = mode === 'rollback' ? 'present' : 'missing'
  const work = { mode, indexes: indexes[side].length > 0, constraints: constraints[side].length > 0 }
  const turn = await switchTurn(mode, work.constraints)
  const [safe] = await read(async (session) => safeReorg(session, await snapshot(), indexes.missing))
  const reorg = mode !== 'rollback' && safe !== undefined ? `set ${safe.variable} ${safe.value}` : undefined
  return { ...work, sets: turn ?? reorg }
}

check('privileges', 'the account may do what this run needs', async ({ show }) => {
  const { mode } = context
  const privileges = await read((session) => readPrivileges(session, database))
  const unmet = unmetNeeds(privileges, mode === 'check' ? needsOfCheck : needsOfWork(await workAhead(mode)))
  const warning = isThrowAway ? undefined : excessOf(privileges, context.mode === 'check' ? 'check' : 'other')
  if (warning !== undefined) console.log(`   warning: ${warning}`)
  show({ account: privileges.account, lacks: unmet, ...(warning === undefined ? {} : { warning }) })
  if (unmet.length > 0)
    fail(
      'PRIVILEGES_MISSING',
      `${privileges.account} lacks: ${unmet.join('; ')}.`,
      'Have an administrator grant them, or use another account.',
    )
})

checkClaims(preflight, 'preflight', snapshot)

check('side', 'the target stands on one side of the migration', async ({ show }) => {
  const position = positionOf(differenceOf(lock.adds, await snapshot()))
  positionRecord.write(run, position)
  const drift = driftOf(lock, await snapshot())
  driftRecord.write(run, drift)
  show({ ...position, drift })
  if (context.mode === 'check') assertSide(position, context.settings.EXPECT, context.target.name)
})

check(
  'pass',
  'the rehearsal pass at hand fits this target',
  async ({ show, skip }) => {
    if (positionOf(differenceOf(lock.adds, await snapshot())).side === 'after')
      return skip('there is nothing left to apply')
    const demand = passDemandOf(context.settings, migration, lock)
    if (!existsSync(demand.file)) return skip(`there is none, and MODE=apply needs one: ${demand.file}`)
    const pass = assertPass(demand, context.target.version)
    const { engine, rehearsedAt } = pass
    show({ file: demand.file, engine, rehearsedAt })
    assertAsRehearsed(pass, lock, await snapshot(), context.target.name)
  },
  { modes: ['check'] },
)

check('recorded', 'schema, switch and a hash of every row are put on record', async ({ show, skip }) => {
  if (context.mode === 'check') return skip('a target that is only read is not compared with itself')
  const before = await read(async (session) => {
    const moment = await readMoment(session)
    // One instant for schema and rows, and the backup is made of that very instant.
    if (isThrowAway) await readAt(session, moment)
    const schema = await readSnapshot(session)
    return {
      moment,
      schema,
      switchOn: await readCheckSwitch(session),
      // The rows of a live target change while the migration runs, so their hash would say nothing.
      rows: isThrowAway ? await readRowHashes(session, schema.tables, rowsOfTraffic(preflight)) : [],
    }
  })
  beforeRecord.write(run, before)
  show({ moment: before.moment, rows: before.rows, switchOn: before.switchOn })
})
