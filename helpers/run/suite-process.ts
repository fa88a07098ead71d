import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { projectRoot } from '../core/config/project.ts'
import { variables } from '../core/config/variables.ts'
import { RunFolder } from '../core/record/run-folder.ts'
import { type Summary, summaryRecord } from '../report/summary.ts'
import { reportFile } from '../report/write-reports.ts'

/** How a run of the suite ended, as its user sees it. */
export interface SuiteOutcome {
  readonly exitCode: number
  /** Both streams, in the order in which they came. */
  readonly output: string
  /** Standard output alone: under load the order of two streams is not that in which they were written. */
  readonly stdout: string
  /** The end of the output, for the message of an assertion. */
  readonly tail: string
  readonly summary: Summary | undefined
  /** What report.md says; empty when there is none. */
  readonly report: string
  /** The ids of the checks that failed, sorted. */
  readonly red: readonly string[]
  /** Why a check failed; empty when it did not. */
  reasonOf(id: string): string
}

const ownVariables = Object.keys(variables).concat('CI')

export interface RunOptions {
  /** The folder of the project; this one when left out. */
  readonly root?: string
  /** The working directory; the project's folder when left out. */
  readonly cwd?: string
  /** Asked every 20 ms; the suite gets a SIGKILL as soon as it is true. */
  readonly killWhen?: () => boolean
  /** Told what the suite says while it runs. */
  readonly heard?: (text: string) => void
}

/** The environment of a run as a user would have it: this process' own, without what is set for it, and with these variables. */
export const environmentWith = (
  variables: Readonly<Record<string, string>>,
): Record<string, string | undefined> => {
  // What the outer vitest tells its workers would make the inner one take itself for a worker.
  const inherited = Object.entries(process.env).filter(([name]) => !/^VITEST|^NODE_ENV$/.test(name))
  const env = Object.fromEntries(inherited.filter(([name]) => !ownVariables.includes(name)))
  // Most drills are about something else, and a benchmark takes all the time that it is given.
  return { ...env, NO_COLOR: '1', BENCHMARK_SECONDS: '1', ...variables }
}

/** Starts the suite as a process of its own, as a user would: `vitest run [specs]` with these variables. */
export const startSuite = (
  specs: readonly string[],
  variables: Readonly<Record<string, string>>,
  root = projectRoot,
  cwd = root,
) => {
  const vitest = join(root, 'node_modules/vitest/vitest.mjs')
  return execa(process.execPath, [vitest, 'run', ...specs], {
    cwd,
    env: environmentWith(variables),
    extendEnv: false,
    all: true,
    reject: false,
  })
}

/** Runs a command-line program of the project as a process of its own, as `npm run` would. */
export const runCli = (
  script: string,
  variables: Readonly<Record<string, string>>,
  args: readonly string[] = [],
  root = projectRoot,
) =>
  execa(process.execPath, [join(root, script), ...args], {
    cwd: root,
    env: environmentWith(variables),
    extendEnv: false,
    all: true,
    reject: false,
  })

/** Runs the suite to its end, or to where `killWhen` ends it, and reads what it left. */
export const runSuite = async (
  specs: readonly string[],
  variables: Readonly<Record<string, string>>,
  { root = projectRoot, cwd = root, killWhen, heard = () => {} }: RunOptions = {},
): Promise<SuiteOutcome> => {
  const suite = startSuite(specs, variables, root, cwd)
  suite.all.on('data', (chunk: Buffer) => heard(chunk.toString()))
  const watch = setInterval(() => killWhen?.() && suite.kill('SIGKILL'), 20)
  const result = await suite
  clearInterval(watch)
  const run = new RunFolder(
    variables['RUN_DIR'] ?? join(variables['REPORTS_DIR'] ?? join(root, 'reports'), 'latest'),
  )
  const report = run.path(reportFile)
  const summary = summaryRecord.find(run)
  const failed = summary?.checks.filter(({ status }) => status === 'failed') ?? []
  return {
    exitCode: result.exitCode ?? 1,
    output: result.all ?? '',
    stdout: result.stdout,
    tail: (result.all ?? '').split('\n').slice(-40).join('\n'),
    summary,
    report: existsSync(report) ? readFileSync(report, 'utf8') : '',
    red: failed.map(({ id }) => id).toSorted(),
    reasonOf: (id) => failed.find((check) => check.id === id)?.reason ?? '',
  }
}
