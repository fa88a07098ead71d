import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import type { ReadSession } from '../../target/session.ts'

const jobShape = z.object({
  jobId: z.number(),
  table: z.string(),
  type: z.string(),
  state: z.string(),
  rows: z.number(),
  sql: z.string(),
})
export type DdlJob = z.infer<typeof jobShape>

const ended = ['synced', 'cancelled', 'rollback done']

// information_schema.ddl_jobs answers without SUPER, which ADMIN SHOW DDL JOBS needs (8121). It prints
// names of databases and tables in lower case, whatever their own.
const columns = `JOB_ID AS jobId, TABLE_NAME AS \`table\`, JOB_TYPE AS type, STATE AS state, ROW_COUNT AS \`rows\`, QUERY AS \`sql\``
const here = 'LOWER(DB_NAME) = LOWER(DATABASE())'

/**
 * DDL jobs of the session's database that have not ended yet. The parts of an ALTER with several actions stand at
 * "done" for good and are left out; the job that they belong to tells when it ends.
 */
export const unfinishedJobs = (session: ReadSession): Promise<DdlJob[]> =>
  session.rows(
    jobShape,
    `SELECT ${columns} FROM information_schema.ddl_jobs
      WHERE ${here} AND STATE NOT IN (?, ?, ?) AND JOB_TYPE NOT LIKE '%/* subjob */%' ORDER BY JOB_ID`,
    [...ended],
  )

/** The newest job that ran this very statement, if the server still lists it. */
export const jobOfStatement = async (session: ReadSession, sql: string): Promise<DdlJob | undefined> => {
  const found = await session.rows(
    jobShape,
    `SELECT ${columns} FROM information_schema.ddl_jobs
      WHERE ${here} AND QUERY = ? ORDER BY JOB_ID DESC LIMIT 1`,
    [sql],
  )
  return found[0]
}

/**
 * Waits until no DDL job of the database is left, and reports each second what it waits for.
 * A job goes on when its client dies, so a run that follows a killed one must let it end first.
 */
export const waitForJobs = async (session: ReadSession, say: (line: string) => void): Promise<void> => {
  for (;;) {
    const jobs = await unfinishedJobs(session)
    if (jobs.length === 0) return
    for (const job of jobs) {
      say(
        `waiting for DDL job ${job.jobId} on ${job.table} (${job.type}, ${job.state}), ${job.rows} rows done`,
      )
    }
    await sleep(1000)
  }
}
