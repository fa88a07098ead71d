import { writeFileSync } from 'node:fs'
import { z } from 'zod'
import { loadSettings } from '../core/config/load.ts'
import { projectRoot } from '../core/config/project.ts'
import type { Structure } from '../core/schema/read-structure.ts'
import type { WriteSession } from '../core/server/session.ts'
import { startEngineFor } from '../core/server/start.ts'
import { openWriteSession } from '../core/server/write-session.ts'
import { quoteName } from '../core/text/quote.ts'
import { loadBaselineData } from '../migrate/data/load-baseline-data.ts'
import { createStructure } from '../migrate/folder/create-structure.ts'
import { type Migration, readMigration } from '../migrate/folder/migration.ts'
import { dropPresent } from '../migrate/lock/drop-present.ts'
import { findAdditions } from '../migrate/lock/lock.ts'
import { makeLock } from '../migrate/lock/make-lock.ts'
import { readBaselineFrom } from '../run/prepare/baseline-from.ts'
import { runAsCommand } from './command.ts'

const say = (line: string) => console.error(line)

// The target may be half migrated or wholly; the lock is made on what it was before.
const createTargetsOwn = (migration: Migration, structure: Structure) => async (session: WriteSession) => {
  await createStructure(session, structure)
  const known = findAdditions(migration)
  if (known !== undefined) await dropPresent(session, known)
}

const writeLock = async (): Promise<void> => {
  const settings = loadSettings(projectRoot, { ...process.env, TARGET: 'embedded', MODE: 'rehearse' })
  const { BASELINE_FROM: baselineFrom } = settings
  const migration = readMigration(settings.MIGRATION, settings.SQL_DIR)
  const structure =
    baselineFrom === undefined ? undefined : await readBaselineFrom(projectRoot, baselineFrom, say)
  await using engine = await startEngineFor(settings, say)
  await using admin = await openWriteSession(engine)
  // The foreign keys of a structure name its database.
  const database = structure?.database ?? migration.database
  await admin.run(structure?.createDatabase ?? `CREATE DATABASE ${quoteName(database)}`)
  const connect = () => openWriteSession(engine, database)
  const lock = await makeLock(
    connect,
    migration,
    async () => {
      await loadBaselineData(migration, connect, {
        seed: settings.SEED,
        scale: 'small',
        connections: settings.CONNECTIONS,
      })
    },
    structure === undefined ? undefined : createTargetsOwn(migration, structure),
  )
  const whole = baselineFrom === undefined ? lock : { ...lock, baselineFrom }
  writeFileSync(migration.lockFile, `${JSON.stringify(whole, null, 2)}\n`)
  const { indexes, constraints } = lock.adds
  say(
    `wrote ${migration.place}/lock.json: ${indexes.length} indexes, ${constraints.length} constraints, ${lock.hash.slice(0, 12)}${baselineFrom === undefined ? '' : `, on the structure of ${baselineFrom}`}`,
  )
}

await runAsCommand({
  name: 'lock',
  description:
    "Runs a migration (MIGRATION) on an engine of its own, and writes what it adds to the migration's lock.json; on the structure of a target of yours with BASELINE_FROM",
  shape: z.object({}),
  example: 'npm run lock',
  run: writeLock,
})
