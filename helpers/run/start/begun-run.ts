import { relative, resolve } from 'node:path'
import type { Settings } from '../../core/config/settings.ts'
import { withAdvice } from '../../core/errors/advice.ts'
import { HarnessError } from '../../core/errors/harness-error.ts'
import { createRunFolder, type RunFolder } from '../../core/record/run-folder.ts'
import type { Begun } from '../../report/markdown/unfinished.ts'
import { summaryRecord } from '../../report/summary.ts'
import { writeNotStarted, writeUnfinished } from '../../report/write-reports.ts'
import { startRecord } from '../records.ts'

/** A run that has a folder and no verdict yet. */
export interface BegunRun {
  readonly run: RunFolder
  readonly begun: Begun
  /** The signal that stopped it. */
  stoppedBy?: string
}

/** Makes the folder of a new run, and a report in it that says that the run is not finished. */
export const beginRun = ({ REPORTS_DIR, TARGET, MODE, MIGRATION }: Settings): BegunRun => {
  const run = createRunFolder(REPORTS_DIR, TARGET, MODE)
  const startedAt = new Date().toISOString()
  const begun = { mode: MODE, migration: MIGRATION, target: TARGET, startedAt }
  startRecord.write(run, { startedAt })
  writeUnfinished(run, begun)
  return { run, begun }
}

/** Puts on record that a signal stopped the run. */
export const recordStop = (begunRun: BegunRun, signal: string): void => {
  begunRun.stoppedBy = signal
  writeUnfinished(begunRun.run, begunRun.begun, signal)
}

/** Says why a run did not start, and writes it into its report where it has one. */
export const reportNotStarted = (begunRun: BegunRun | undefined, thrown: unknown): void => {
  const error = withAdvice(thrown)
  const text =
    error instanceof HarnessError
      ? error.message
      : `UNEXPECTED: ${error instanceof Error ? error.stack : error}`
  // What fails because the run was stopped is not why it did not start.
  const isStopped = begunRun?.stoppedBy !== undefined
  const report =
    begunRun === undefined || isStopped ? undefined : writeNotStarted(begunRun.run, begunRun.begun, error)
  const place = report === undefined ? '' : `\n  report  ${relative(resolve('.'), report)}`
  console.error(`\n${text}\n\n  FAILED  the run did not start${place}\n`)
}

/** Fails the process when the run left no new summary; `before` is when the one of an earlier part was written. */
export const assertSummaryWritten = (run: RunFolder, before: number | undefined): void => {
  // With --reporter the command line takes the suite's own reporter away, which is what sees that a run is complete.
  if (run.writtenAt(summaryRecord.name) !== before) return
  console.error(
    `\n  FAILED  the run left no ${run.path(summaryRecord.name)}, so nobody saw whether it was complete`,
  )
  console.error('  next: run without --reporter: npx vitest run\n')
  process.exitCode = 1
}
