import { globSync } from 'node:fs'
import { basename, relative, resolve } from 'node:path'
import { stripVTControlCharacters as plain } from 'node:util'
import type { Reporter, SerializedError, TestModule } from 'vitest/node'
import { inProject } from '../core/config/project.ts'
import { messageOf } from '../core/errors/harness-error.ts'
import { RunFolder } from '../core/record/run-folder.ts'
import { timingLog } from '../core/record/timings.ts'
import { withoutExceptions } from '../migrate/lock/except.ts'
import { closingTable, failures } from '../report/closing-table.ts'
import { incompleteLines } from '../report/terminal/failure-lines.ts'
import { writeReports } from '../report/write-reports.ts'
import { buildSummary } from './build-summary.ts'
import { toCheck } from './result/check-result.ts'
import { detailOf, detailsOfChecks } from './terminal/details.ts'
import { writePass } from './write-pass.ts'

const specsDir = inProject('specs')

// From the project and not from the working directory: elsewhere the list would be empty, and nothing would seem to lack.
const specFiles = (): string[] => globSync('*.spec.ts', { cwd: specsDir })

interface Gap {
  readonly line: string
  readonly detail: readonly string[]
}

const gapOf = (line: string): Gap => ({ line, detail: [] })

const gapOfError = (error: SerializedError, place = ''): Gap => ({
  line: place + plain(error.message),
  detail: detailOf(error),
})

/** Why a run is incomplete: only a complete run can pass. */
const findGaps = (modules: readonly TestModule[], errors: readonly SerializedError[]): Gap[] => {
  const ran = modules.map(({ moduleId }) => basename(moduleId))
  const filtered = modules
    // The checks of a broken file were not filtered out; its error says why they did not run.
    .filter((module) => module.errors().length === 0)
    .flatMap((module) =>
      [...module.children.allTests('skipped')].filter((test) => {
        const result = test.result()
        return result.state === 'skipped' && result.note === undefined
      }),
    )
  return [
    ...specFiles()
      .filter((file) => !ran.includes(file))
      .map((file) => gapOf(`${file} did not run; run the whole suite: npx vitest run`)),
    ...(filtered.length === 0
      ? []
      : [gapOf(`${filtered.length} checks were filtered out; run without a name filter`)]),
    ...modules.flatMap((module) =>
      module.errors().map((error) => gapOfError(error, `${basename(module.moduleId)}: `)),
    ),
    ...errors.map((error) => gapOfError(error)),
  ]
}

const sayNothingRan = (errors: readonly SerializedError[]): void => {
  const gaps =
    errors.length === 0
      ? [gapOf('no file of specs/ has a name that fits; run the whole suite: npx vitest run')]
      : errors.map((error) => gapOfError(error))
  const lines = gaps.flatMap(({ line, detail }) => incompleteLines(line, detail))
  console.error(['', ...lines, '', '  FAILED  no check ran', ''].join('\n'))
}

/** Writes summary.json, report.md and the closing table, and sees to it that an incomplete run exits non-zero. */
export default class SummaryReporter implements Reporter {
  onTestModuleEnd(module: TestModule): void {
    const { runDir } = module.project.getProvidedContext().run
    const durationMs = Math.round(module.diagnostic().duration)
    timingLog.append(new RunFolder(runDir), { part: basename(module.moduleId, '.spec.ts'), durationMs })
  }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    const gaps = findGaps(modules, errors)
    const context = modules[0]?.project.getProvidedContext().run
    if (context === undefined) {
      sayNothingRan(errors)
      return
    }
    const run = new RunFolder(context.runDir)
    const tests = modules.flatMap((module) => [...module.children.allTests()])
    const checks = tests.map(toCheck)
    const claims = tests.flatMap((test) => test.meta().check?.claims ?? [])
    const details = new Map([
      ...detailsOfChecks(modules),
      ...gaps.map(({ line, detail }) => [line, detail] as const),
    ])
    const incomplete = gaps.map(({ line }) => line)
    try {
      const summary = buildSummary({
        context,
        run,
        lock: withoutExceptions(context.lock, context.except),
        checks,
        claims,
        incomplete,
      })
      writeReports(run, summary)
      writePass(context, run, summary)
      const isVerbose = context.settings.VERBOSE === '1'
      console.log(closingTable(summary, { reportDir: relative(resolve('.'), run.dir), isVerbose, details }))
      if (summary.verdict === 'failed') process.exitCode = 1
    } catch (error) {
      process.exitCode = 1
      // Why there is no report, such as a full disk, may be why checks failed.
      const lines = [...failures({ checks, incomplete }, details), ...incompleteLines(messageOf(error))]
      console.error(['', ...lines, '', '  FAILED  the run left no report', ''].join('\n'))
    }
  }
}
