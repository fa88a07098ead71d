import type { TestProject } from 'vitest/node'
import { startEngineFor } from '../../helpers/core/server/start.ts'
import type { ThrowAwayServer } from '../../helpers/core/server/throw-away.ts'
import { openWriteSession } from '../../helpers/core/server/write-session.ts'

declare module 'vitest' {
  interface ProvidedContext {
    servers: ThrowAwayServer[]
  }
}

const startServer = async (started: AsyncDisposableStack): Promise<ThrowAwayServer> => {
  const engine = await startEngineFor(
    { TIDB_SERVER_BIN: process.env['TIDB_SERVER_BIN'], ENGINE_CACHE: process.env['ENGINE_CACHE'] },
    (line) => console.error(`  ${line}`),
  )
  started.defer(engine.stop)
  await using session = await openWriteSession(engine)
  await session.run('SET GLOBAL tidb_enable_check_constraint = ON')
  // Part A turns it OFF and puts it back: a test would see an earlier one do so.
  await session.run('SET GLOBAL tidb_enable_auto_analyze = OFF')
  // The summary of statements begins anew with each window, of half an hour: tests count within one.
  await session.run('SET GLOBAL tidb_stmt_summary_refresh_interval = 86400')
  const { address, token } = engine
  return { address, token }
}

/** Starts an embedded TiDB for each worker of the server tests, with the CHECK switch ON. Returns the tear-down. */
export default async (project: TestProject): Promise<() => Promise<void>> => {
  await using stack = new AsyncDisposableStack()
  const servers: ThrowAwayServer[] = []
  for (let worker = 1; worker <= project.config.maxWorkers; worker++) servers.push(await startServer(stack))
  project.provide('servers', servers)
  const started = stack.move()
  return () => started.disposeAsync()
}
