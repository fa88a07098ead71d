import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { loadSettings } from '../../config/load.ts'
import { loadBaselineData } from '../../data/load-baseline-data.ts'
import { withAdvice } from '../../errors/advice.ts'
import { HarnessError } from '../../errors/harness-error.ts'
import { quoteName } from '../../schema/definition.ts'
import { startEngineFor } from '../../target/start.ts'
import { openWriteSession } from '../../target/write-session.ts'
import { readMigration } from '../migration.ts'
import { makeLock } from './make-lock.ts'

const say = (line: string) => console.error(line)

const writeLock = async (): Promise<void> => {
  const root = resolve(import.meta.dirname, '../../..')
  const settings = loadSettings(root, { ...process.env, TARGET: 'embedded', MODE: 'rehearse' })
  const migration = readMigration(settings.MIGRATION)
  await using engine = await startEngineFor(settings, say)
  await using admin = await openWriteSession(engine)
  await admin.run(`CREATE DATABASE ${quoteName(migration.database)}`)
  const connect = () => openWriteSession(engine, migration.database)
  const lock = await makeLock(connect, migration, async () => {
    await loadBaselineData(migration, connect, {
      seed: settings.SEED,
      scale: 'small',
      connections: settings.CONNECTIONS,
    })
  })
  writeFileSync(migration.lockFile, `${JSON.stringify(lock, null, 2)}\n`)
  const { indexes, constraints } = lock.adds
  say(
    `wrote sql/${migration.name}/lock.json: ${indexes.length} indexes, ${constraints.length} constraints, ${lock.hash.slice(0, 12)}`,
  )
}

try {
  await writeLock()
} catch (thrown) {
  const error = withAdvice(thrown)
  say(error instanceof HarnessError ? error.message : String(error instanceof Error ? error.stack : error))
  process.exitCode = 1
}
