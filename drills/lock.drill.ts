import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadBaselineData } from '../helpers/data/load-baseline-data.ts'
import { makeLock } from '../helpers/migration/lock/make-lock.ts'
import { listMigrations, readMigration } from '../helpers/migration/migration.ts'
import { quoteName } from '../helpers/schema/definition.ts'
import type { Engine } from '../helpers/target/embedded/engine.ts'
import { startEngineFor } from '../helpers/target/start.ts'
import { openWriteSession } from '../helpers/target/write-session.ts'
import { engineSettings } from './world.ts'

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
