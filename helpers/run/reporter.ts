import { globSync } from 'node:fs'
import { basename, relative, resolve } from 'node:path'
import { stripVTControlCharacters as plain } from 'node:util'
import type { Reporter, SerializedError, TestCase, TestModule } from 'vitest/node'
import { inProject } from '../core/config/project.ts'
import { HarnessError, messageOf } from '../core/errors/harness-error.ts'
import { RunFolder } from '../core/record/run-folder.ts'
import { timingsFile } from '../core/record/timings.ts'
import { readMigration } from '../migrate/folder/migration.ts'
import { withoutExceptions } from '../migrate/lock/except.ts'
import { readLock } from '../migrate/lock/lock.ts'
import { closingTable } from '../report/closing-table.ts'
import type { CheckResult } from '../report/summary.ts'
import { writeReports } from '../report/write-reports.ts'
import { buildSummary } from './build-summary.ts'
import { writePass } from './write-pass.ts'

const specsDir = inProject('specs')

// From the project and not from the working directory: elsewhere the list would be empty, and nothing would seem to lack.
const specFiles = (): string[] => globSync('*.spec.ts', { cwd: specsDir })

const toCheck = (test: TestCase): CheckResult => {
  const { check } = test.meta()
  const result = test.result()
  const status = result.state === 'pending' ? 'skipped' : result.state
  const note = result.state === 'skipped' ? result.note : undefined
  const reason =
    status === 'failed' ? plain(result.errors?.map(({ message }) => message).join('\n') ?? '') : note
  return {
    id: check?.id ?? test.fullName,
    section: check?.section ?? basename(test.module.moduleId),
    title: test.name,
    status,
    ...(reason === undefined ? {} : { reason }),
    ...(check?.evidence === undefined ? {} : { evidence: check.evidence }),
    durationMs: Math.round(test.diagnostic()?.duration ?? 0),
  }
}

/** Why a run is not whole, one line each: only a whole run can pass. */
const findGaps = (modules: readonly TestModule[], errors: readonly SerializedError[]): string[] => {
  const ran = modules.map(({ moduleId }) => basename(moduleId))
  const filtered = modules.flatMap((module) =>
    [...module.children.allTests('skipped')].filter((test) => {
      const result = test.result()
      return result.state === 'skipped' && result.note === undefined
    }),
  )
  return [
    ...specFiles()
      .filter((file) => !ran.includes(file))
      .map((file) => `${file} did not run; run the whole suite: npx vitest run`),
    ...(filtered.length === 0
      ? []
      : [`${filtered.length} checks were filtered out; run without a name filter`]),
    ...modules.flatMap((module) =>
      module.errors().map(({ message }) => `${basename(module.moduleId)}: ${plain(message)}`),
    ),
    ...errors.map(({ message }) => plain(message)),
  ]
}

/** Writes summary.json, report.md and the closing table, and sees to it that a run which is not whole exits non-zero. */
export class SummaryReporter implements Reporter {
  onTestModuleEnd(module: TestModule): void {
    const { runDir } = module.project.getProvidedContext().run
    const durationMs = Math.round(module.diagnostic().duration)
    new RunFolder(runDir).append(timingsFile, { part: basename(module.moduleId, '.spec.ts'), durationMs })
  }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    const project = modules[0]?.project
    if (project === undefined) return
    const context = project.getProvidedContext().run
    if (context === undefined) return
    const run = new RunFolder(context.runDir)
    const tests = modules.flatMap((module) => [...module.children.allTests()])
    const claims = tests.flatMap((test) => test.meta().check?.claims ?? [])
    try {
      const summary = buildSummary({
        context,
        run,
        lock: withoutExceptions(readLock(readMigration(context.migration)), context.except),
        checks: tests.map(toCheck),
        claims,
        incomplete: findGaps(modules, errors),
      })
      writeReports(run, summary)
      writePass(context, run, summary)
      console.log(closingTable(summary, relative(resolve('.'), run.dir)))
      if (summary.verdict === 'failed') process.exitCode = 1
    } catch (error) {
      process.exitCode = 1
      console.error(error instanceof HarnessError ? `\n  ${error.message}\n` : messageOf(error))
    }
  }
}
