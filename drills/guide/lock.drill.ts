import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Engine } from '../../helpers/core/server/embedded/engine.ts'
import { startEngineFor } from '../../helpers/core/server/start.ts'
import { openWriteSession } from '../../helpers/core/server/write-session.ts'
import { quoteName } from '../../helpers/core/text/quote.ts'
import { loadBaselineData } from '../../helpers/migrate/data/load-baseline-data.ts'
import { listMigrations, readMigration } from '../../helpers/migrate/folder/migration.ts'
import { makeLock } from '../../helpers/migrate/lock/make-lock.ts'
import { engineSettings } from '../support/fixture.ts'

let engine: Engine
beforeAll(async () => {
  engine = await startEngineFor(engineSettings, () => {})
})
afterAll(async () => engine.stop())

test.for(listMigrations())('the lock of sql/%s is what its scripts give on the server', async (name) => {
  const migration = readMigration(name)
  {
    await using session = await openWriteSession(engine)
    await session.run(`CREATE DATABASE ${quoteName(migration.database)}`)
  }
  const connect = () => openWriteSession(engine, migration.database)
  const lock = await makeLock(connect, migration, async () => {
    await loadBaselineData(migration, connect, { seed: 1, scale: 'small', connections: 2 })
  })
  expect(JSON.parse(readFileSync(migration.lockFile, 'utf8'))).toEqual(lock)
})
