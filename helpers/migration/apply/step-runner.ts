import { HarnessError, messageOf } from '../../errors/harness-error.ts'
import { isRefusedByServer, serverErrorNumber } from '../../errors/server-error.ts'
import { assertRunnerLock } from '../../gate/runner-lock.ts'
import type { RunFolder } from '../../run/run-folder.ts'
import { quoteName } from '../../schema/definition.ts'
import type { ServerWarning, WriteSession } from '../../target/session.ts'
import { openWriteSession, type WritableServer } from '../../target/write-session.ts'
import { jobOfStatement, unfinishedJobs } from './ddl-jobs.ts'
import { type Step, stepsFile } from './step.ts'

export interface StepRunner {
  readonly server: WritableServer
  readonly run: RunFolder
  /** What was ever done to this database of a target of somebody's own, over all runs. */
  readonly ledger?: RunFolder
  /** Tables changed side by side. */
  readonly connections: number
  readonly say: (line: string) => void
}

const progressEveryMs = 2000
const duplicateConstraint = 3822

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`

// ANALYZE tells its sample rate in a note, and which multi-valued indexes it leaves out in a warning; every
// other statement must answer without a word.
const isExpected = (step: Step, { level, message }: ServerWarning) =>
  step.kind === 'analyze' && (level === 'Note' || /multi-valued indexes is not supported/i.test(message))

const explain = (step: Step, why: string, cause: unknown): { why: string; next: string } => {
  const number = serverErrorNumber(cause)
  if (/switch of check constraint is off/i.test(why)) {
    return {
      why: `${why}. TiDB answered with success and added nothing: tidb_enable_check_constraint was turned OFF by somebody else.`,
      next: 'Find out who turns it OFF, then run again; what is done stays done.',
    }
  }
  // The lock said that it is missing, so SHOW CREATE TABLE hides it: 7.5.0 leaves it half-made when rows break it.
  if (step.kind === 'constraint' && number === duplicateConstraint) {
    const [table, name] = [quoteName(step.table), quoteName(step.name)]
    return {
      why: `${why} Another run adds it now; or, before TiDB 7.5.1, an ADD that failed left it there half-made: unseen, but enforced (#47632).`,
      next: `If no other run is at it, mend the rows that break it and run: ALTER TABLE ${table} ALTER CONSTRAINT ${name} ENFORCED; never DROP it as it is, or every later DDL of the table waits for ever.`,
    }
  }
  return { why, next: 'Mend the cause and run again; the next run goes on from what the server holds.' }
}

const failed = (step: Step, why: string, cause?: unknown): HarnessError =>
  new HarnessError('STEP_FAILED', {
    what: `${step.id}: ${step.sql}`,
    ...explain(step, why, cause),
    cause,
    fields: { step: step.id, sql: step.sql },
  })

const runStep = async (session: WriteSession, step: Step, log: (step: Step) => void): Promise<Step> => {
  log({ ...step, status: 'running' })
  const started = performance.now()
  const spent = () => Math.round(performance.now() - started)
  try {
    const { warnings } = await session.run(step.sql)
    const unexpected = warnings.filter((warning) => !isExpected(step, warning))
    const isDdl = step.kind === 'index' || step.kind === 'constraint'
    const job = isDdl ? await jobOfStatement(session, step.sql) : undefined
    const done: Step = {
      ...step,
      status: unexpected.length === 0 ? 'done' : 'failed',
      durationMs: spent(),
      warnings,
      ...(job === undefined ? {} : { jobId: job.jobId, rows: job.rows }),
    }
    log(done)
    if (unexpected.length === 0) return done
    throw failed(
      step,
      unexpected.map(({ level, code, message }) => `${level} ${code}: ${message}`).join('; '),
    )
  } catch (cause) {
    if (cause instanceof HarnessError) throw cause
    const status = isRefusedByServer(cause) ? 'failed' : 'cut'
    log({ ...step, status, durationMs: spent(), error: messageOf(cause) })
    throw failed(step, messageOf(cause), cause)
  }
}

/** Says every 2 s which DDL jobs run and how many rows they have done, until disposed. */
const watchProgress = async ({ server, say }: StepRunner, state: () => string): Promise<AsyncDisposable> => {
  const session = await openWriteSession(server)
  let asking: Promise<void> = Promise.resolve()
  const ask = async () => {
    const jobs = await unfinishedJobs(session)
    const running = jobs.map((job) => `${job.table} ${job.rows.toLocaleString('en')} rows`)
    say(`${state()}${running.length === 0 ? '' : `; running: ${running.join(', ')}`}`)
  }
  const timer = setInterval(() => {
    // The progress line is only a courtesy; the statement's own connection reports a lost server.
    asking = ask().catch(() => undefined)
  }, progressEveryMs)
  return {
    [Symbol.asyncDispose]: async () => {
      clearInterval(timer)
      await asking
      await session[Symbol.asyncDispose]()
    },
  }
}

/**
 * Runs steps: those of one table one after the other on one connection, tables side by side.
 * Every state goes to steps.jsonl before the next statement is sent. After a failed step no further one
 * starts. Throws STEP_FAILED, with the server's own error or warning.
 */
export const runSteps = async (runner: StepRunner, steps: readonly Step[]): Promise<Step[]> => {
  const log = (step: Step) => {
    const line = { ...step, at: new Date().toISOString() }
    // The ledger first: what it does not hold, no rollback would ever drop.
    runner.ledger?.append(stepsFile, line)
    runner.run.append(stepsFile, line)
  }
  for (const step of steps) log(step)
  const todo = steps.filter(({ status }) => status === 'planned')
  const queues = [...Map.groupBy(todo, ({ table }) => table).values()].values()
  const done: Step[] = []
  const started = performance.now()
  const state = () => `step ${done.length} of ${todo.length} done, ${seconds(performance.now() - started)}`
  let stopped = false
  const work = async () => {
    await using session = await openWriteSession(runner.server)
    for (const queue of queues) {
      for (const step of queue) {
        if (stopped) return
        try {
          if ('permit' in runner.server) await assertRunnerLock(session, runner.server.permit.runnerLock)
          const finished = await runStep(session, step, log)
          done.push(finished)
          const rows = finished.rows ? `, ${finished.rows.toLocaleString('en')} rows` : ''
          runner.say(
            `step ${done.length} of ${todo.length}  ${step.id}${rows}, ${seconds(finished.durationMs ?? 0)}`,
          )
        } catch (error) {
          stopped = true
          throw error
        }
      }
    }
  }
  if (todo.length === 0) return done
  await using _progress = await watchProgress(runner, state)
  const workers = Array.from({ length: runner.connections }, work)
  const results = await Promise.allSettled(workers)
  const failure = results.find((result) => result.status === 'rejected')
  if (failure !== undefined) throw failure.reason
  return done
}
