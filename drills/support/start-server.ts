import type { TestProject } from 'vitest/node'
import { startEngineFor } from '../../helpers/core/server/start.ts'
import type { ThrowAwayServer } from '../../helpers/core/server/throw-away.ts'
import { openWriteSession } from '../../helpers/core/server/write-session.ts'

declare module 'vitest' {
  interface ProvidedContext {
    server: ThrowAwayServer
  }
}

/** Starts one embedded TiDB for all unit tests, with the CHECK switch ON. Returns the tear-down. */
export default async (project: TestProject): Promise<() => Promise<void>> => {
  const engine = await startEngineFor(
    { TIDB_SERVER_BIN: process.env['TIDB_SERVER_BIN'], ENGINE_CACHE: process.env['ENGINE_CACHE'] },
    (line) => console.error(`  ${line}`),
  )
  await using session = await openWriteSession(engine)
  await session.run('SET GLOBAL tidb_enable_check_constraint = ON')
  // Part A turns it OFF and puts it back: files that run side by side would see each other do so.
  await session.run('SET GLOBAL tidb_enable_auto_analyze = OFF')
  // The summary of statements begins anew with each window, of half an hour: tests count within one.
  await session.run('SET GLOBAL tidb_stmt_summary_refresh_interval = 86400')
  const { address, token } = engine
  project.provide('server', { address, token })
  return engine.stop
}
