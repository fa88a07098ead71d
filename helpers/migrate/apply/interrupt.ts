import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { messageOf } from '../../core/errors/harness-error.ts'
import type { RunFolder } from '../../core/record/run-folder.ts'
import type { ReadSession, WriteSession } from '../../core/server/session.ts'
import { latestSteps, stepShape, stepsFile } from '../step/step.ts'
import { type DdlJob, jobOfStatement, unfinishedJobs } from './jobs/ddl-jobs.ts'
import { describeLeft, settingsLeft } from './settings/settings.ts'

export type OnInterrupt = 'leave' | 'cancel'

const patienceMs = 60_000
const lookEveryMs = 500

const ownJobs = async (session: ReadSession, run: RunFolder): Promise<DdlJob[]> => {
  const sent = latestSteps(run.lines(stepsFile, stepShape)).filter(({ status }) =>
    ['running', 'cut'].includes(status),
  )
  const statements = new Set(sent.map(({ sql }) => sql))
  return (await unfinishedJobs(session)).filter(({ sql }) => statements.has(sql))
}

// KILL on one's own connection cancels its job and needs no privilege; ADMIN CANCEL DDL JOBS needs SUPER (8121).
const cancel = async (session: WriteSession, { jobId, sql }: DdlJob): Promise<string | undefined> => {
  const [client] = await session.rows(
    z.object({ id: z.coerce.string() }),
    'SELECT ID AS id FROM information_schema.cluster_processlist WHERE INFO = ? AND ID <> CONNECTION_ID()',
    [sql],
  )
  try {
    await session.script(client === undefined ? `ADMIN CANCEL DDL JOBS ${jobId}` : `KILL TIDB ${client.id}`)
    return undefined
  } catch (error) {
    return messageOf(error)
  }
}

const untilEnded = async (session: ReadSession, job: DdlJob): Promise<string> => {
  const giveUpAt = performance.now() + patienceMs
  while (performance.now() < giveUpAt) {
    const jobs = await unfinishedJobs(session)
    if (!jobs.some(({ jobId }) => jobId === job.jobId)) {
      const state = (await jobOfStatement(session, job.sql))?.state
      return state === 'synced'
        ? 'was done before it could be cancelled'
        : 'is cancelled; the server took back what it had done'
    }
    await sleep(lookEveryMs)
  }
  return `is still being cancelled after ${patienceMs / 1000} s; the next run waits for it`
}

/**
 * Deals with the DDL jobs of a run that is interrupted: leaves them to the server, or cancels them. Returns one line on
 * each, and one when there is none; then one on each setting of the server that is still changed. A job that cannot be
 * cancelled is left, and its line says why.
 */
export const interruptJobs = async (
  session: WriteSession,
  run: RunFolder,
  asked: OnInterrupt,
): Promise<string[]> => {
  // A step that was just past its last look at the lock has been sent by then.
  await sleep(lookEveryMs)
  const jobs = await ownJobs(session, run)
  const lines = jobs.length === 0 ? ['no DDL job of this run was under way'] : []
  for (const job of jobs) {
    const name = `DDL job ${job.jobId} on ${job.table} (${job.sql})`
    const left = 'is left to the server, which goes on with it; the next run waits for it'
    if (asked === 'leave') {
      lines.push(`${name} ${left}. ON_INTERRUPT=cancel would cancel it.`)
      continue
    }
    const refused = await cancel(session, job)
    lines.push(
      refused === undefined
        ? `${name} ${await untilEnded(session, job)}`
        : `${name} ${left}: it could not be cancelled (${refused})`,
    )
  }
  return [...lines, ...settingsLeft(run.lines(stepsFile, stepShape)).map(describeLeft)]
}
