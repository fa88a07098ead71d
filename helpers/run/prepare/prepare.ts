import type { Settings } from '../../core/config/settings.ts'
import { HarnessError, messageOf } from '../../core/errors/harness-error.ts'
import { readSnapshot } from '../../core/schema/read-snapshot.ts'
import type { Structure } from '../../core/schema/read-structure.ts'
import type { WriteSession } from '../../core/server/session.ts'
import { openWriteSession, type WritableServer } from '../../core/server/write-session.ts'
import { quoteName } from '../../core/text/quote.ts'
import { analyzeLoaded } from '../../migrate/data/analyze.ts'
import type { LoadResult } from '../../migrate/data/load.ts'
import { loadBaselineData } from '../../migrate/data/load-baseline-data.ts'
import { createBaseline } from '../../migrate/folder/create-baseline.ts'
import { createStructure } from '../../migrate/folder/create-structure.ts'
import { type Migration, seedOf } from '../../migrate/folder/migration.ts'
import { switchStatement } from '../../migrate/folder/statements.ts'

export interface PrepareOptions extends Pick<Settings, 'SEED' | 'SCALE' | 'CONNECTIONS' | 'TRAFFIC'> {
  /** The schema of a target of the user's own, to rehearse on instead of the migration's baseline. */
  readonly structure?: Structure | undefined
  readonly say: (line: string) => void
}

const sayEveryMs = 2000

const createDatabase = async (
  admin: WriteSession,
  database: string,
  structure: Structure | undefined,
): Promise<void> => {
  await admin.run(`DROP DATABASE IF EXISTS ${quoteName(database)}`)
  await admin.run(
    structure?.createDatabase ?? `CREATE DATABASE ${quoteName(database)} DEFAULT CHARACTER SET utf8mb4`,
  )
  // Production's default: a rehearsal must meet the switch as the guide's team met it.
  await admin.run(switchStatement(false))
}

const seedBuyers = async (session: WriteSession, migration: Migration): Promise<void> => {
  const seed = seedOf(migration)
  if (seed === '') return
  await session.script(seed).catch((cause: unknown) => {
    throw new HarnessError('SCRIPT_FAILED', {
      what: `the application's seed.sql of ${migration.place} stops: ${messageOf(cause)}`,
      next: 'Correct it, so that it fits the baseline and its data, or set TRAFFIC=off.',
      cause,
    })
  })
}

/**
 * Makes the database of a rehearsal anew on a throw-away server: baseline, views, data.
 * Returns how the load went. Throws NOT_THROW_AWAY on any other server, and STRUCTURE_REFUSED.
 */
export const prepareDatabase = async (
  server: WritableServer,
  migration: Migration,
  { SEED, SCALE, CONNECTIONS, TRAFFIC, structure, say }: PrepareOptions,
): Promise<LoadResult | undefined> => {
  const database = structure?.database ?? migration.database
  await using admin = await openWriteSession(server)
  await createDatabase(admin, database, structure)
  const connect = () => openWriteSession(server, database)
  await using session = await connect()
  await (structure === undefined ? createBaseline(session, migration) : createStructure(session, structure))
  let said = performance.now()
  const loaded = await loadBaselineData(migration, connect, {
    seed: SEED,
    scale: SCALE,
    connections: CONNECTIONS,
    onProgress: ({ table, rows, totalRows, elapsedMs }) => {
      if (performance.now() - said < sayEveryMs) return
      said = performance.now()
      say(
        `loading ${table}: ${rows.toLocaleString('en')} of ${totalRows.toLocaleString('en')} rows, ${(elapsedMs / 1000).toFixed(0)} s`,
      )
    },
  })
  if (loaded !== undefined) {
    const { rows, durationMs, rowsPerSecond } = loaded
    say(
      `loaded ${rows.toLocaleString('en')} rows in ${(durationMs / 1000).toFixed(1)} s, ${Math.round(rowsPerSecond).toLocaleString('en')} rows/s`,
    )
  }
  if (TRAFFIC === 'on') await seedBuyers(session, migration)
  // Production has statistics before a migration; without them every query plan would be a guess.
  const { tables } = await readSnapshot(session)
  await analyzeLoaded(
    session,
    tables.map(({ name }) => name),
  )
  return loaded
}
