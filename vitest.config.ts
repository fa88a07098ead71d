import { defineConfig } from 'vitest/config'
import { SummaryReporter } from './helpers/run/reporter.ts'
import { GuideOrder } from './helpers/run/sequencer.ts'
import { refusePartOfRun } from './helpers/run/straight-run.ts'

refusePartOfRun(process.argv)

export default defineConfig({
  test: {
    include: ['specs/*.spec.ts'],
    globalSetup: './helpers/run/global-setup.ts',
    setupFiles: ['./helpers/core/query-plan/matchers.ts'],
    sequence: { sequencer: GuideOrder },
    fileParallelism: false,
    retry: 0,
    passWithNoTests: false,
    // A spec is a section of the guide: what it learns goes through the run's folder, never through module state.
    isolate: true,
    disableConsoleIntercept: true,
    // Vitest's own summary would stand where the progress of the steps is drawn.
    reporters: [['verbose', { summary: false }], new SummaryReporter()],
  },
})
