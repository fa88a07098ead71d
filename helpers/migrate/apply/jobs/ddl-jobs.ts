import { z } from 'zod'
import { HarnessError } from '../../../core/errors/harness-error.ts'
import type { ReadSession } from '../../../core/server/session.ts'

const jobShape = z.object({
  jobId: z.number(),
  table: z.string(),
  type: z.string(),
  state: z.string(),
  /** How far it is: none, delete only, write only, write reorganization, public. */
  schemaState: z.string(),
  rows: z.number(),
  sql: z.string(),
})
export type DdlJob = z.infer<typeof jobShape>

const ended = ['synced', 'cancelled', 'rollback done']

// information_schema.ddl_jobs answers without SUPER, which ADMIN SHOW DDL JOBS needs (8121). It prints
// names of databases and tables in lower case, whatever their own.
const columns = `JOB_ID AS jobId, TABLE_NAME AS \`table\`, JOB_TYPE AS type, STATE AS state, SCHEMA_STATE AS schemaState, ROW_COUNT AS \`rows\`, QUERY AS \`sql\``
const here = 'LOWER(DB_NAME) = LOWER(DATABASE())'

// It lists the jobs that have not ended first, among them for a while some that were just rolled back, then the history
// from the newest on, and stops where a LIMIT is met.
// Sorted, or filtered without one, it reads and decodes the whole history: 0.15 ms a job, for every single look.
const firstLook = 64

const listedShape = jobShape.extend({ isHere: z.number() })
const isSubJob = ({ type }: DdlJob) => type.includes('/* subjob */')

/**
 * DDL jobs of the session's database that have not ended yet. The parts of an ALTER with several actions stand at
 * "done" for good and are left out; the job that they belong to tells when it ends.
 */
export const unfinishedJobs = async (session: ReadSession): Promise<DdlJob[]> => {
  for (let limit = firstLook; ; limit *= 4) {
    const listed = await session.rows(
      listedShape,
      `SELECT ${columns}, IFNULL(${here}, 0) AS isHere FROM information_schema.ddl_jobs LIMIT ${limit}`,
    )
    const hasEnded = ({ state }: DdlJob) => ended.includes(state)
    // As long as the last one in sight is alive, there may be more.
    const last = listed.at(-1)
    if (listed.length === limit && last !== undefined && !hasEnded(last)) continue
    return listed
      .filter((job) => job.isHere === 1 && !isSubJob(job) && !hasEnded(job))
      .map(({ isHere: _, ...job }) => job)
      .toSorted((a, b) => a.jobId - b.jobId)
  }
}

/** The newest job that ran this very statement, if the server still lists it. */
export const jobOfStatement = async (session: ReadSession, sql: string): Promise<DdlJob | undefined> => {
  const found = await session.rows(
    jobShape,
    `SELECT ${columns} FROM information_schema.ddl_jobs WHERE ${here} AND QUERY = ? LIMIT 1`,
    [sql],
  )
  return found[0]
}

/** Throws DDL_RUNNING with every job that has not ended. */
export const assertNoJobs = (jobs: readonly DdlJob[]): void => {
  if (jobs.length === 0) return
  const lines = jobs.map(
    ({ jobId, table, type, state, sql }) => `job ${jobId} on ${table}: ${type}, ${state}: ${sql}`,
  )
  throw new HarnessError('DDL_RUNNING', {
    what: `A DDL job has not ended yet: ${lines.join('; ')}`,
    next: 'Wait for it (ADMIN SHOW DDL JOBS), then run again.',
  })
}
