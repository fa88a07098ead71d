import { z } from 'zod'
import { HarnessError } from '../../../core/errors/harness-error.ts'
import { isRefusedByServer } from '../../../core/errors/server-error.ts'
import type { RunFolder } from '../../../core/record/run-folder.ts'
import type { ReadSession } from '../../../core/server/session.ts'
import { openWriteSession } from '../../../core/server/write-session.ts'
import { latestSteps, type Phase, planStep, type Step, stepShape, stepsFile } from '../../step/step.ts'
import { unfinishedJobs } from '../jobs/ddl-jobs.ts'
import type { StepRunner } from '../steps/runner.ts'
import { runSteps } from '../steps/step-runner.ts'

/** A global variable of the server that is to have another value while indexes are added. */
export interface WantedSetting {
  readonly variable: string
  readonly value: string
  /** True where a server that refuses it is taken as it is; false where nothing may be added without it. */
  readonly mayBeRefused: boolean
}

const asBefore = ' as before'

/** The value of a global variable; undefined on a server that has no such variable. */
const readGlobal = async (session: ReadSession, variable: string): Promise<string | undefined> => {
  const rows = await session.rows(
    z.object({ Value: z.string().regex(/^\w+$/) }),
    `SHOW GLOBAL VARIABLES LIKE '${variable.replaceAll('_', String.raw`\_`)}'`,
  )
  return rows[0]?.Value
}

const setStep = (phase: Phase, variable: string, name: string, value: string): Step =>
  planStep(phase, 'setting', { table: '', name }, `SET GLOBAL ${variable} = ${value}`)

/** The ways back that were not gone: each is a setting of the server that still has the migration's value. */
export const settingsLeft = (lines: readonly Step[]): Step[] =>
  latestSteps(lines).filter(
    ({ kind, name, status }) =>
      kind === 'setting' && name.endsWith(asBefore) && status !== 'done' && status !== 'already',
  )

const valueIn = ({ sql }: Step): string | undefined => /= (\w+)$/.exec(sql)?.[1]
const variableIn = ({ sql }: Step): string => /^SET GLOBAL (\w+)/.exec(sql)?.[1] ?? ''

/** What an earlier run left changed, and what somebody has set since: that is not the migration's to put back. */
const findLeft = async (
  session: ReadSession,
  record: RunFolder | undefined,
): Promise<{ left: Step[]; since: Step[] }> => {
  const lines = record?.lines(stepsFile, stepShape) ?? []
  const left: Step[] = []
  const since: Step[] = []
  for (const back of settingsLeft(lines)) {
    const variable = variableIn(back)
    const sent = lines.findLast(
      (line) => line.kind === 'setting' && variableIn(line) === variable && !line.name.endsWith(asBefore),
    )
    const isStill = sent !== undefined && (await readGlobal(session, variable)) === valueIn(sent)
    ;(isStill ? left : since).push(back)
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
    const isLeft = left.find(({ name }) => name === `${variable}${asBefore}`)
    const before = isLeft === undefined ? await readGlobal(session, variable) : valueIn(isLeft)
    if (before === undefined || before === value) continue
    there.push(setStep(phase, variable, `${variable} ${value}`, value))
    back.unshift(setStep(phase, variable, `${variable}${asBefore}`, before))
  }
  // Names of their own: the same variable is put back once more at the end.
  const first = left.map((step) =>
    setStep(step.phase, variableIn(step), `${step.name} an earlier run`, valueIn(step) ?? ''),
  )
  return { there: [...first, ...there], back }
}

const record = ({ ledger, run }: StepRunner, step: Step): void => {
  const line = { ...step, at: new Date().toISOString() }
  ledger?.append(stepsFile, line)
  run.append(stepsFile, line)
}

const isFailedStep = (error: unknown): error is HarnessError =>
  error instanceof HarnessError && error.code === 'STEP_FAILED'

const whyOf = ({ message }: HarnessError): string => /^\s*why:\s*(.*)$/m.exec(message)?.[1] ?? message

/** What to tell of a setting that is left as the migration needed it. */
export const describeLeft = ({ sql }: Step): string =>
  `still changed for the whole cluster: the next apply or rollback puts it back first; or type ${sql};`

/**
 * Puts back what an earlier run changed and did not live to put back. Comes after the wait for its DDL jobs: they
 * were begun under its settings.
 */
export const restoreSettings = async (runner: StepRunner, session: ReadSession): Promise<Step[]> => {
  const { left, since } = await findLeft(session, runner.ledger ?? runner.run)
  for (const step of since) record(runner, { ...step, status: 'already' })
  if (left.length > 0) runner.say('an earlier run left settings of the server changed; they go back first')
  return runSteps(
    runner,
    left.map(({ phase, name, sql }) => planStep(phase, 'setting', { table: '', name }, sql)),
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
  const back = setStep(phase, variable, `${variable}${asBefore}`, before)
  record(runner, back)
  try {
    return { done: await runSteps(runner, [setStep(phase, variable, `${variable} ${value}`, value)]), back }
  } catch (error) {
    if (!isFailedStep(error)) throw error
    // Refused, it is as before; only warned about, it may have changed all the same.
    const isUnchanged = isRefusedByServer(error.cause)
    if (isUnchanged) record(runner, { ...back, status: 'already' })
    if (!mayBeRefused) throw error
    runner.say(`${variable} is taken as this server has it, ${before}: ${whyOf(error)}`)
    return { done: [], ...(isUnchanged ? {} : { back }) }
  }
}

// A job that goes on was begun under these settings, and reads them until its end.
const putBackWhenIdle = async (runner: StepRunner, back: readonly Step[]): Promise<Step[]> => {
  await using session = await openWriteSession(runner.server)
  return (await unfinishedJobs(session)).length === 0 ? await runSteps(runner, back.toReversed()) : []
}

/**
 * Runs `work` with global variables of the server set, and puts them back afterwards, also when it fails. Where that
 * cannot be done (a kill, a lost server, a DDL job that goes on), the next run does it first.
 */
export const withSettings = async (
  runner: StepRunner,
  session: ReadSession,
  phase: Phase,
  wanted: readonly WantedSetting[],
  work: () => Promise<Step[]>,
): Promise<Step[]> => {
  const done = await restoreSettings(runner, session)
  const back: Step[] = []
  try {
    for (const setting of wanted) {
      const turned = await turn(runner, session, phase, setting)
      done.push(...turned.done)
      if (turned.back !== undefined) back.push(turned.back)
    }
    done.push(...(await work()))
  } catch (error) {
    // The error that stopped the work is the one to show; what is not put back now stands on record for the next run.
    await putBackWhenIdle(runner, back).catch(() => [])
    for (const step of settingsLeft((runner.ledger ?? runner.run).lines(stepsFile, stepShape)))
      runner.say(describeLeft(step))
    throw error
  }
  return [...done, ...(await runSteps(runner, back.toReversed()))]
}
