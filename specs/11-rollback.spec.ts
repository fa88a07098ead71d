import { expect } from 'vitest'
import { backupFiguresRecord } from '../helpers/backup/figures.ts'
import { countRowsSince } from '../helpers/backup/rows-since.ts'
import { assertWayBack } from '../helpers/backup/way-back.ts'
import type { Mode } from '../helpers/core/config/settings.ts'
import { HarnessError } from '../helpers/core/errors/harness-error.ts'
import { beforeRecord } from '../helpers/core/record/before.ts'
import { once } from '../helpers/core/record/memo.ts'
import { readRowHashes } from '../helpers/core/rows/row-hash.ts'
import { assertUnchanged, describeChanges } from '../helpers/core/schema/changes.ts'
import { qualifiedName } from '../helpers/core/schema/model.ts'
import { readSnapshot } from '../helpers/core/schema/read-snapshot.ts'
import { withoutIncidentals } from '../helpers/core/schema/without-incidentals.ts'
import { readCheckSwitch } from '../helpers/core/server/switch.ts'
import { applyConstraints, applyIndexes } from '../helpers/migrate/apply/apply.ts'
import { readFirstBefore } from '../helpers/migrate/apply/ledger.ts'
import { addedOnRecord, hasTurnedSwitch, rollBack } from '../helpers/migrate/apply/rollback.ts'
import { isRepeated } from '../helpers/migrate/apply/statistics/seen-statistics.ts'
import { statementsOf } from '../helpers/migrate/folder/migration.ts'
import { differenceOf } from '../helpers/migrate/lock/difference.ts'
import { withoutAdditions } from '../helpers/migrate/lock/without-additions.ts'
import { type Phase, stepLog } from '../helpers/migrate/step/step.ts'
import { madeBackup } from '../helpers/run/backup-of-run.ts'
import { checkTraffic } from '../helpers/run/checks/check-traffic.ts'
import { leftRecord } from '../helpers/run/records.ts'
import { section } from '../helpers/run/section.ts'
import { stepRunnerOf } from '../helpers/run/step-runner-of.ts'
import { underTraffic } from '../helpers/traffic/drive.ts'
import { rowsOfTraffic } from '../helpers/traffic/scope.ts'

const rollback = section('rollback', {
  needs: ['constraints'],
  needsToChange: ['backup'],
  modes: ['rehearse', 'rollback'],
})
const { check, run, lock, migration, read, ledger, context } = rollback
const rehearsal: readonly Mode[] = ['rehearse']
// A rollback closes the ledger, so what it holds is looked at before the first step.
const first =
  context.mode === 'rollback' && ledger !== undefined ? once(async () => readFirstBefore(ledger)) : undefined
const before = async () => (await first?.()) ?? beforeRecord.read(run)
const recorded = once(async () => stepLog.read(ledger ?? run))
const remedies = statementsOf(migration, 'remedies')

const addAll = async (phase: Phase) => [
  ...(await applyIndexes(stepRunnerOf(rollback), lock, remedies, phase)),
  ...(await applyConstraints(stepRunnerOf(rollback), lock, remedies, phase)),
]

check(
  'restore',
  'the other way back: the backup restores what was there before the first step, without what was written since',
  async ({ show, skip }) => {
    const backup = madeBackup(rollback)
    if (backup === undefined) return skip('no backup was made and restored in this run')
    const proven = backupFiguresRecord.find(run)
    const { moment, tables } = backup.manifest
    show({
      restoredTo: moment,
      restoredInMs: proven?.restoredInMs,
      wouldBeLost: await read((session) => countRowsSince(session, tables)),
    })
    await assertWayBack(backup, proven)
  },
  { timeoutMs: 0, modes: rehearsal },
)

check(
  'apply',
  'the rollback drops what the lock added',
  async ({ show }) => {
    await recorded()
    const { switchOn } = await before()
    const steps = await underTraffic(rollback, 'rollback', () =>
      rollBack(stepRunnerOf(rollback), lock, switchOn),
    )
    show({ steps: steps.map(({ id, status, durationMs }) => ({ id, status, durationMs })) })
    expect(steps.filter(({ status }) => status !== 'done')).toEqual([])
  },
  { timeoutMs: 0 },
)

const now = once(() => read(readSnapshot))
check(
  'dropped',
  'what stands on record as added is dropped',
  async ({ show }) => {
    // What is not on record as added is not the migration's to drop, whoever added it and when.
    const added = new Set([...addedOnRecord(await recorded()).values()].map(qualifiedName))
    const { indexes, constraints } = differenceOf(lock.adds, await now())
    const left = [...indexes.present, ...constraints.present]
      .map(qualifiedName)
      .filter((name) => added.has(name))
    show({ added: [...added], left })
    if (left.length === 0) return
    throw new HarnessError('ROLLBACK_INCOMPLETE', {
      what: `${left.join(', ')} stands on record as added, and is still there.`,
      next: 'See what the server says of it (SHOW CREATE TABLE, ADMIN SHOW DDL JOBS), and run the rollback again.',
    })
  },
  { modes: ['rollback'] },
)

check(
  'left',
  'what no step on record added is left, and named',
  async ({ show }) => {
    const { indexes, constraints } = differenceOf(lock.adds, await now())
    const left = [...indexes.present, ...constraints.present].map(qualifiedName)
    leftRecord.write(run, left)
    show({ left })
    if (left.length > 0) console.log(`   left, because no step on record added it: ${left.join(', ')}`)
  },
  { modes: ['rollback'] },
)

check('schema', 'the schema is byte for byte what it was before', async ({ show }) => {
  const schema = await read(readSnapshot)
  // A live database has changed in other ways since apply; what counts is that this rollback changed nothing else.
  const changes =
    context.mode === 'rollback'
      ? describeChanges(
          withoutAdditions(lock.adds, withoutIncidentals(beforeRecord.read(run).schema)),
          withoutAdditions(lock.adds, withoutIncidentals(schema)),
        )
      : describeChanges((await before()).schema, schema)
  show({ changes })
  assertUnchanged(changes, 'After the rollback the schema is not what it was before')
})

check('switch', 'the CHECK switch is what it was before', async ({ skip }) => {
  if (!hasTurnedSwitch(await recorded())) skip('this migration never turned it')
  expect(await read(readCheckSwitch)).toBe((await before()).switchOn)
})

check(
  'rows',
  'every row is what it was before',
  async () => {
    const { schema, rows } = beforeRecord.read(run)
    expect(await read((session) => readRowHashes(session, schema.tables, rowsOfTraffic(rollback)))).toEqual(
      rows,
    )
  },
  { modes: rehearsal },
)

checkTraffic(rollback, ['rollback'])

check(
  'reapply',
  'the migration can be applied again',
  async ({ show }) => {
    const steps = await addAll('reapply')
    const { indexes, constraints } = differenceOf(lock.adds, await read(readSnapshot))
    show({ steps: steps.length, indexes: indexes.present.length, constraints: constraints.present.length })
    expect([...indexes.missing, ...constraints.missing].map(qualifiedName)).toEqual([])
  },
  { timeoutMs: 0, modes: rehearsal },
)

check(
  'third-apply',
  'a third apply finds nothing to do',
  async ({ show }) => {
    const steps = await addAll('third-apply')
    show({ steps })
    expect(steps.filter((step) => !isRepeated(step))).toEqual([])
  },
  { timeoutMs: 0, modes: rehearsal },
)
