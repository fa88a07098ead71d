import { HarnessError, messageOf } from '../core/errors/harness-error.ts'
import type { RunFolder } from '../core/record/run-folder.ts'
import { renderMarkdown } from './markdown/render.ts'
import { type Begun, renderNotStarted, renderUnfinished } from './markdown/unfinished.ts'
import type { Summary } from './summary.ts'

export const summaryFile = 'summary.json'
export const reportFile = 'report.md'

/** Writes what a run found: summary.json for programs, report.md for people. Throws REPORT_NOT_WRITTEN. */
export const writeReports = (run: RunFolder, summary: Summary): void => {
  run.write(summaryFile, summary)
  run.writeText(reportFile, renderMarkdown(summary))
}

/** Writes the report that stands until the run ends, so that a killed run leaves one too. Throws REPORT_NOT_WRITTEN. */
export const writeUnfinished = (run: RunFolder, begun: Begun, signal?: string): void =>
  run.writeText(reportFile, renderUnfinished(begun, signal))

/** Writes why the run did not start, and returns the report's path; undefined when it cannot be written. */
export const writeNotStarted = (run: RunFolder, begun: Begun, error: unknown): string | undefined => {
  try {
    run.writeText(reportFile, renderNotStarted(begun, messageOf(error)))
    return run.path(reportFile)
  } catch (cause) {
    // Why the run did not start is on the terminal, and matters more than that the report cannot say it.
    if (cause instanceof HarnessError) return undefined
    throw cause
  }
}
