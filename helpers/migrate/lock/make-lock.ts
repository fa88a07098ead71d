import { z } from 'zod'
import { messageOf } from '../../core/errors/harness-error.ts'
import { serverErrorNumber } from '../../core/errors/server-error.ts'
import { describeChanges } from '../../core/schema/changes.ts'
import { qualifiedName, type Snapshot } from '../../core/schema/model.ts'
import { readSnapshot } from '../../core/schema/read-snapshot.ts'
import type { WriteSession } from '../../core/server/session.ts'
import { createBaseline } from '../folder/create-baseline.ts'
import { hashOfSources, type Migration } from '../folder/migration.ts'
import { constraintStatement, indexStatement, switchStatement } from '../folder/statements.ts'
import { type Additions, hashOfAdditions, type Lock } from './lock.ts'
import { checkViolated, runScript, scriptRefused } from './run-script.ts'
import { changesOfServer, readServerState, withoutSwitch } from './server-state.ts'

const additionsBetween = (before: Snapshot, after: Snapshot): Additions => {
  const had = new Set(
    before.tables.flatMap((table) => [
      ...table.indexes.map((index) => `index ${qualifiedName(index)}`),
      ...table.constraints.map((constraint) => `constraint ${qualifiedName(constraint)}`),
    ]),
  )
  const old = before.tables.map(({ name }) => name)
  const tables = after.tables.filter(({ name }) => old.includes(name))
  return {
    indexes: tables
      .flatMap((table) => table.indexes)
      .filter((index) => !had.has(`index ${qualifiedName(index)}`)),
    constraints: tables
      .flatMap((table) => table.constraints)
      .filter((item) => !had.has(`constraint ${qualifiedName(item)}`)),
  }
}

/** Proves that the statements made from the lock give the very schema that the scripts gave. */
const assertReproducible = async (
  session: WriteSession,
  migration: Migration,
  adds: Additions,
  wanted: Snapshot,
): Promise<void> => {
  const refused = (lines: readonly string[], next: string) =>
    scriptRefused(migration, 'The lock cannot give back the schema', lines, next)
  for (const sql of [...adds.indexes.map(indexStatement), ...adds.constraints.map(constraintStatement)]) {
    await session.run(sql).catch((cause: unknown) => {
      throw refused(
        [`${sql}: ${messageOf(cause)}`],
        serverErrorNumber(cause) === checkViolated
          ? 'Rows break it. TiDB let the form in the script through, because it tests the stored rows wrongly without double parentheses (#71050).'
          : 'Write this part in another way; the server does not read what it prints of it.',
      )
    })
  }
  const lines = describeChanges(wanted, await readSnapshot(session))
  if (lines.length === 0) return
  throw refused(lines, 'Write these parts in another way; the server does not print them as it read them.')
}

/**
 * Makes the lock on a throw-away server: baseline and data, then the scripts, then what they added.
 * The database that `connect` leads to must be empty. `loadData` fills the baseline, so that a script which
 * changes rows is seen; `createSchema` makes another schema than the migration's own baseline. Throws SCRIPT_FAILED; and
 * SCRIPT_REFUSED when the scripts do more than add indexes and CHECK constraints, or add none, or when one of their statements
 * did not what it says, and when the rollback does not give back the schema of before.
 */
export const makeLock = async (
  connect: () => Promise<WriteSession>,
  migration: Migration,
  loadData: () => Promise<void>,
  createSchema: (session: WriteSession) => Promise<void> = (session) => createBaseline(session, migration),
): Promise<Lock> => {
  await using session = await connect()
  await createSchema(session)
  await loadData()
  await session.run(switchStatement(true))
  const before = await readServerState(session)
  await runScript(connect, migration, 'indexes')
  await runScript(connect, migration, 'constraints')
  const after = await readServerState(session)
  const adds = additionsBetween(before.schema, after.schema)
  const more = changesOfServer(before, after, adds)
  if (more.length > 0) {
    throw scriptRefused(
      migration,
      'The script does more than add indexes and CHECK constraints: it',
      more,
      'Take these statements out. The harness can only prove and undo indexes and CHECK constraints.',
    )
  }
  if (adds.indexes.length + adds.constraints.length === 0) {
    throw scriptRefused(
      migration,
      'There is nothing to lock',
      ['indexes.sql and constraints.sql add no index and no CHECK constraint'],
      'Check the names of the files, and that the statements are not comments.',
    )
  }
  await runScript(connect, migration, 'rollback')
  // A rollback may put the switch back.
  const left = changesOfServer(withoutSwitch(before), withoutSwitch(await readServerState(session)))
  if (left.length > 0) {
    throw scriptRefused(
      migration,
      'The rollback does not give back the schema of before: in the end it',
      left,
      'Make rollback.sql drop what the other two scripts add, and nothing else.',
    )
  }
  await session.run(switchStatement(true))
  await assertReproducible(session, migration, adds, after.schema)
  const { version } = await session.row(z.object({ version: z.string() }), 'SELECT VERSION() AS version')
  return {
    lockVersion: 1,
    migration: migration.name,
    engine: version,
    sources: hashOfSources(migration),
    hash: hashOfAdditions(adds),
    adds,
    baseline: before.schema,
  }
}
