import { HarnessError } from '../../../core/errors/harness-error.ts'
import { isRefusedByServer } from '../../../core/errors/server-error.ts'
import type { RunFolder } from '../../../core/record/run-folder.ts'
import type { ReadSession } from '../../../core/server/session.ts'
import { openWriteSession } from '../../../core/server/write-session.ts'
import { latestSteps, type Phase, type Step, settingStep, stepLog } from '../../step/step.ts'
import { unfinishedJobs } from '../jobs/ddl-jobs.ts'
import type { StepRunner } from '../steps/runner.ts'
import { runSteps } from '../steps/step-runner.ts'
import { readGlobal, type WantedSetting } from './wanted.ts'

/** The ways back that were not gone: each is a setting of the server that still has the migration's value. */
export const settingsLeft = (lines: readonly Step[]): Step[] =>
  latestSteps(lines).filter(
    ({ kind, restores, status }) =>
      kind === 'setting' && restores !== undefined && status !== 'done' && status !== 'already',
  )

/** What an earlier run left changed, and what somebody has set since: that is not the migration's to put back. */
const findLeft = async (
  session: ReadSession,
  record: RunFolder | undefined,
): Promise<{ left: Step[]; since: Step[] }> => {
  const lines = record === undefined ? [] : stepLog.read(record)
  const left: Step[] = []
  const since: Step[] = []
  for (const back of settingsLeft(lines)) {
    const sent = lines.findLast(
      ({ kind, name, restores }) => kind === 'setting' && name === back.name && restores === undefined,
    )
    const isStill = sent !== undefined && (await readGlobal(session, back.name)) === sent.value
    ;(isStill ? left : since).push({ ...back, at: sent?.at })
  }
  return { left, since }
}

/** The steps that `withSettings` would run before its work, and after it to put things back. Reads only. */
export const planSettings = async (
  session: ReadSession,
  phase: Phase,
  wanted: readonly WantedSetting[],
  ledger?: RunFolder,
): Promise<{ there: Step[]; back: Step[] }> => {
  const { left } = await findLeft(session, ledger)
  const there: Step[] = []
  const back: Step[] = []
  for (const { variable, value } of wanted) {
    const isLeft = left.find(({ name }) => name === variable)
    const before = isLeft === undefined ? await readGlobal(session, variable) : isLeft.value
    if (before === undefined || before === value) continue
    there.push(settingStep(phase, variable, value))
    back.unshift(settingStep(phase, variable, before, 'this run'))
  }
  const first = left.map(({ at, ...step }) => ({
    ...settingStep(step.phase, step.name, step.value ?? '', 'an earlier run'),
    ...(at === undefined ? {} : { at }),
  }))
  return { there: [...first, ...there], back }
}

const recordStep = ({ ledger, run }: StepRunner, step: Step): void => {
  const line = { ...step, at: new Date().toISOString() }
  if (ledger !== undefined) stepLog.append(ledger, line)
  stepLog.append(run, line)
}

const isFailedStep = (error: unknown): error is HarnessError =>
  error instanceof HarnessError && error.code === 'STEP_FAILED'

/** A setting that an earlier run left changed, and since when. */
export const describeSince = ({ name, at }: Step): string =>
  `${name}, changed since ${at ?? 'a time that is not on record'}`

/** What to tell of a setting that is left as the migration needed it. */
export const describeLeft = ({ sql }: Step): string =>
  `still changed for the whole cluster: the next apply or rollback puts it back first; or type ${sql};`

/**
 * Puts back what an earlier run changed and did not live to put back. Comes after the wait for its DDL jobs: they
 * were begun under its settings.
 */
export const restoreSettings = async (runner: StepRunner, session: ReadSession): Promise<Step[]> => {
  const { left, since } = await findLeft(session, runner.ledger ?? runner.run)
  for (const step of since) recordStep(runner, { ...step, status: 'already' })
  if (left.length > 0)
    runner.say(
      `an earlier run left settings of the server changed; they go back first: ${left.map(describeSince).join(', ')}`,
    )
  return runSteps(
    runner,
    // Under the ids that they have on record, or they would be left for ever.
    left.map(({ id, phase, name, value = '' }) => ({
      ...settingStep(phase, name, value, 'an earlier run'),
      id,
    })),
  )
}

/** Sets one variable, with the way back on record first. Returns that way, or undefined when nothing was changed. */
const turn = async (
  runner: StepRunner,
  session: ReadSession,
  phase: Phase,
  { variable, value, mayBeRefused }: WantedSetting,
): Promise<{ done: Step[]; back?: Step }> => {
  const before = await readGlobal(session, variable)
  if (before === value) return { done: [] }
  if (before === undefined) {
    runner.say(`this server has no ${variable}; it is taken as it is`)
    return { done: [] }
  }
  const back = settingStep(phase, variable, before, 'this run')
  recordStep(runner, back)
  try {
    return { done: await runSteps(runner, [settingStep(phase, variable, value)]), back }
  } catch (error) {
    if (!isFailedStep(error)) throw error
    // Refused, it is as before; only warned about, it may have changed all the same.
    const isUnchanged = isRefusedByServer(error.cause)
    if (isUnchanged) recordStep(runner, { ...back, status: 'already' })
    if (!mayBeRefused) throw error
    runner.say(`${variable} is taken as this server has it, ${before}: ${error.why ?? error.what}`)
    return { done: [], ...(isUnchanged ? {} : { back }) }
  }
}

// A job that goes on was begun under these settings, and reads them until its end.
const putBackWhenIdle = async (runner: StepRunner, back: readonly Step[]): Promise<Step[]> => {
  await using session = await openWriteSession(runner.server)
  return (await unfinishedJobs(session)).length === 0 ? await runSteps(runner, back.toReversed()) : []
}

/**
 * Runs `work` with global variables of the server set, and puts them back afterwards, also when it fails. The runner that
 * `work` gets holds each step until they have come to the server that it is sent to. Where putting back
 * cannot be done (a kill, a lost server, a DDL job that goes on), the next run does it first.
 */
export const withSettings = async (
  runner: StepRunner,
  session: ReadSession,
  phase: Phase,
  wanted: readonly WantedSetting[],
  work: (runner: StepRunner) => Promise<Step[]>,
): Promise<Step[]> => {
  const done = await restoreSettings(runner, session)
  const back: Step[] = []
  try {
    for (const setting of wanted) {
      const turned = await turn(runner, session, phase, setting)
      done.push(...turned.done)
      if (turned.back !== undefined) back.push(turned.back)
    }
    done.push(...(await work({ ...runner, relies: wanted })))
  } catch (error) {
    // The error that stopped the work is the one to show; what is not put back now stands on record for the next run.
    await putBackWhenIdle(runner, back).catch(() => [])
    for (const step of settingsLeft(stepLog.read(runner.ledger ?? runner.run))) runner.say(describeLeft(step))
    throw error
  }
  return [...done, ...(await runSteps(runner, back.toReversed()))]
}
