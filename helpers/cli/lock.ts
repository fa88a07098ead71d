import { writeFileSync } from 'node:fs'
import { loadSettings } from '../core/config/load.ts'
import { projectRoot } from '../core/config/project.ts'
import { withAdvice } from '../core/errors/advice.ts'
import { HarnessError } from '../core/errors/harness-error.ts'
import { startEngineFor } from '../core/server/start.ts'
import { openWriteSession } from '../core/server/write-session.ts'
import { quoteName } from '../core/text/quote.ts'
import { loadBaselineData } from '../migrate/data/load-baseline-data.ts'
import { readMigration } from '../migrate/folder/migration.ts'
import { makeLock } from '../migrate/lock/make-lock.ts'

const say = (line: string) => console.error(line)

const writeLock = async (): Promise<void> => {
  const settings = loadSettings(projectRoot, { ...process.env, TARGET: 'embedded', MODE: 'rehearse' })
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
