import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { HarnessError } from '../../helpers/core/errors/harness-error.ts'
import type { Snapshot } from '../../helpers/core/schema/model.ts'
import { readSnapshot } from '../../helpers/core/schema/read-snapshot.ts'
import type { WriteSession } from '../../helpers/core/server/session.ts'
import { openWriteSession } from '../../helpers/core/server/write-session.ts'
import { type Migration, readMigration } from '../../helpers/migrate/folder/migration.ts'
import { type Additions, hashOfAdditions, type Lock } from '../../helpers/migrate/lock/lock.ts'
import { withDatabase } from './test-server.ts'

/** The texts of a migration's files; a file that is left out does not exist. */
export interface Files {
  readonly schema: string
  readonly views?: string
  readonly indexes?: string
  readonly constraints?: string
  readonly rollback?: string
}

/** A migration of the test's own in a temporary folder, removed on dispose. `migration` is read again each time. */
export const writeMigration = (
  database: string,
  files: Files,
): { readonly migration: Migration } & Disposable => {
  const folder = mkdtempSync(join(tmpdir(), 'test-migration-'))
  const dir = join(folder, 'tiny')
  const baselineDir = join(dir, 'baseline')
  mkdirSync(baselineDir, { recursive: true })
  const { schema, views, ...scripts } = files
  writeFileSync(join(dir, 'migration.json'), JSON.stringify({ database, baseline: 'baseline' }))
  for (const [name, text] of Object.entries({ schema, views }))
    if (text !== undefined) writeFileSync(join(baselineDir, `${name}.sql`), text)
  for (const [name, text] of Object.entries(scripts)) writeFileSync(join(dir, `${name}.sql`), text)
  return {
    get migration() {
      return readMigration(dir)
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  }
}

/** Runs statements, each of which ends with a semicolon at the end of a line. */
export const runAll = async (session: WriteSession, script: string): Promise<void> => {
  for (const sql of script.split(/;\s*\n/).filter((text) => text.trim() !== '')) await session.run(sql)
}

/** The harness's error that a promise ends with; throws when it ends with none. */
export const rejectionOf = async (promise: Promise<unknown>): Promise<HarnessError> => {
  const error = await promise.then(
    () => new Error('nothing was thrown'),
    (thrown: unknown) => thrown,
  )
  if (error instanceof HarnessError) return error
  throw error
}

const addsOf = (
  { tables }: Snapshot,
  isNew: (kind: string, table: string, name: string) => boolean,
): Additions => ({
  indexes: tables.flatMap(({ indexes }) => indexes.filter(({ table, name }) => isNew('index', table, name))),
  constraints: tables.flatMap(({ constraints }) =>
    constraints.filter(({ table, name }) => isNew('constraint', table, name)),
  ),
})

/** What `script` adds to the schema that `baseline` makes, as the test server shows it. */
export const lockOf = async (baseline: string, script: string): Promise<Lock> => {
  await using database = await withDatabase('lock')
  await using session = await openWriteSession(database.server)
  await runAll(session, baseline)
  const before = await readSnapshot(session)
  await runAll(session, script)
  const old = addsOf(before, () => true)
  const had = new Set([
    ...old.indexes.map(({ table, name }) => `index ${table}.${name}`),
    ...old.constraints.map(({ table, name }) => `constraint ${table}.${name}`),
  ])
  const adds = addsOf(
    await readSnapshot(session),
    (kind, table, name) => !had.has(`${kind} ${table}.${name}`),
  )
  return {
    lockVersion: 1,
    migration: 'tiny',
    engine: 'test',
    sources: '',
    hash: hashOfAdditions(adds),
    adds,
    baseline: before,
  }
}
