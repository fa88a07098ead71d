import { expect } from 'vitest'
import { z } from 'zod'
import type { WriteSession } from '../../helpers/core/server/session.ts'
import { openWriteSession } from '../../helpers/core/server/write-session.ts'
import { unfinishedJobs } from '../../helpers/migrate/apply/jobs/ddl-jobs.ts'
import { startProxy } from './proxy.ts'
import type { TestTarget } from './test-apply.ts'

/** The states of the DDL jobs whose statement is like this one. */
export const jobsOf = async ({ session }: TestTarget, like: string) =>
  session.rows(
    z.object({ state: z.string() }),
    'SELECT STATE AS state FROM information_schema.ddl_jobs WHERE LOWER(DB_NAME) = LOWER(DATABASE()) AND QUERY LIKE ?',
    [like],
  )

/** A transaction of somebody else that holds a table, so that its DDL has to wait. */
export const hold = async ({ server }: TestTarget, write: string): Promise<WriteSession> => {
  const other = await openWriteSession(server)
  await other.run('BEGIN')
  await other.run(write)
  return other
}

/** Waits until a DDL job of this table has begun. */
export const untilRunning = ({ session }: TestTarget, table: string) =>
  expect
    .poll(async () => (await unfinishedJobs(session)).map((job) => job.table.toLowerCase()), {
      timeout: 20_000,
    })
    .toContain(table)

/** A run on this target whose connections a test can cut. */
export const throughProxy = async (target: TestTarget) => {
  const proxy = await startProxy(target.server.address.port)
  const run = target.newRun()
  const server = { ...target.server, address: { ...target.server.address, port: proxy.port } }
  return { proxy, run, runner: { ...run.runner, server } }
}
