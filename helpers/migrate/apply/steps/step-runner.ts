import { withWorkers } from '../../../core/async/workers.ts'
import { HarnessError, messageOf } from '../../../core/errors/harness-error.ts'
import { isRefusedByServer } from '../../../core/errors/server-error.ts'
import type { WriteSession } from '../../../core/server/session.ts'
import { openWriteSession } from '../../../core/server/write-session.ts'
import type { Estimate } from '../../estimate/estimator.ts'
import { recordEstimate } from '../../estimate/record.ts'
import { type Step, stepLog } from '../../step/step.ts'
import type { GoneWatch } from '../jobs/gone-jobs.ts'
import { watchProgress } from '../progress/progress.ts'
import type { StepsState } from '../progress/progress-line.ts'
import { assertWayTaken, awaitRelied } from '../settings/relied.ts'
import { orGone } from './or-gone.ts'
import type { StepRunner } from './runner.ts'
import { afterSteps, beforeSteps, isWorthALine, stepLine } from './said.ts'
import { ConnectionCut, sendStep } from './send-step.ts'
import { reconnect, settleCut } from './settle-cut.ts'
import { stepFailed } from './step-failed.ts'

// Clouds cut a connection every half an hour or so; one that is cut this often before a minute is over is no line to
// change a database over.
const cutsAtMost = 5
const livedMs = 60_000

const momentMs = 10_000

const cutForGood = (step: Step, cut: ConnectionCut): HarnessError =>
  stepFailed(
    step,
    `The connection was cut ${cutsAtMost + 1} times during this step, each time within a minute (${cut.message}). The server goes on with a DDL by itself.`,
    cut,
  )

/** A connection that is opened again when it was cut, so that the run goes on with the job that the server still has. */
class StepConnection implements AsyncDisposable {
  readonly runner: StepRunner
  session: WriteSession | undefined

  constructor(runner: StepRunner) {
    this.runner = runner
  }

  async open(step: Step): Promise<WriteSession> {
    const { server, relies = [] } = this.runner
    const isKept = this.session !== undefined
    this.session ??= await openWriteSession(server)
    // A new connection was opened under the guard.
    if (isKept && 'guard' in server) await server.guard.assertHeld(this.session)
    await awaitRelied(this.session, step, relies)
    return this.session
  }

  /** Throws RUNNER_LOCK_LOST when another runner could have begun, and STEP_FAILED without what the step leans on. */
  async ready(step: Step): Promise<WriteSession> {
    try {
      return await this.open(step)
    } catch (error) {
      if (error instanceof HarnessError || isRefusedByServer(error)) throw error
      // Cut while it was idle: nothing was sent on it, so a new one is as good.
      await this[Symbol.asyncDispose]()
      return await this.open(step)
    }
  }

  async run(step: Step, log: (step: Step) => void, gone: GoneWatch): Promise<Step> {
    const session = await this.ready(step)
    let began = performance.now()
    let attempt = orGone(sendStep(session, step, log), step, log, () => gone.isGone(step.sql, began))
    for (let cuts = 1; ; cuts += 1) {
      try {
        const done = await attempt
        await assertWayTaken(this.session ?? session, done, this.runner.relies ?? [])
        return done
      } catch (error) {
        if (!(error instanceof ConnectionCut)) throw error
        await this[Symbol.asyncDispose]()
        if (performance.now() - began > livedMs) cuts = 1
        if (cuts > cutsAtMost) throw cutForGood(step, error)
        this.session = await reconnect(this.runner, error)
        began = performance.now()
        attempt = settleCut(this.runner, this.session, error, log)
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.session?.[Symbol.asyncDispose]()
    this.session = undefined
  }
}

const estimateSteps = async (
  { estimator, say, isVerbose = false }: StepRunner,
  todo: readonly Step[],
): Promise<Estimate | undefined> => {
  const estimate =
    todo.length === 0
      ? undefined
      : await estimator?.estimate(todo).catch((error: unknown) => {
          say(`how long the steps take could not be estimated: ${messageOf(error)}`)
          return undefined
        })
  const line = beforeSteps(todo, estimate)
  // What is over in a moment is told when it is over.
  if (line !== undefined && (isVerbose || (estimate?.totalMs ?? 0) >= momentMs)) say(line)
  return estimate
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
    if (runner.ledger !== undefined) stepLog.append(runner.ledger, line)
    stepLog.append(runner.run, line)
  }
  const isTodo = ({ status }: Step) => status === 'planned'
  const estimate = await estimateSteps(runner, steps.filter(isTodo))
  const estimated = new Map(estimate?.steps.map((step) => [step.id, step]))
  for (const step of steps) log(estimated.get(step.id) ?? step)
  const todo = estimate?.steps ?? steps.filter(isTodo)
  if (todo.length === 0) return []
  const queues = Map.groupBy(todo, ({ table }) => table).values()
  const done: Step[] = []
  const sent = new Map<string, number>()
  const started = performance.now()
  const state = (): StepsState => {
    const now = performance.now()
    const running = new Map([...sent].map(([id, at]) => [id, now - at]))
    return { steps: todo, done, running, elapsedMs: now - started }
  }
  await using progress = watchProgress(runner, state, estimate)
  const connect = () => new StepConnection(runner)
  await withWorkers(runner.connections, queues, connect, async (queue, connection, failed) => {
    for (const step of queue) {
      if (failed.aborted) return
      sent.set(step.id, performance.now())
      const ended = await connection.run(step, log, progress.gone)
      sent.delete(step.id)
      const blockedBy = progress.blockersOf(step.table)
      const finished = blockedBy.length > 0 ? { ...ended, blockedBy } : ended
      if (blockedBy.length > 0) log(finished)
      done.push(finished)
      if (runner.isVerbose === true || isWorthALine(finished, todo.length, runner.ledger !== undefined))
        runner.say(stepLine(finished, done.length, todo.length))
    }
  })
  const tookMs = performance.now() - started
  const line = runner.isVerbose === true ? undefined : afterSteps(done, tookMs)
  if (line !== undefined) runner.say(line)
  if (estimate !== undefined) recordEstimate(runner.run, estimate, { done, tookMs })
  return done
}
