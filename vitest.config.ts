import { join } from 'node:path'
import { defineConfig } from 'vitest/config'
import { refuseSettings } from './helpers/run/refuse-settings.ts'
import { GuideOrder } from './helpers/run/sequencer.ts'
import { refusePartOfRun } from './helpers/run/straight-run.ts'
import { isVerbose } from './helpers/run/terminal/is-verbose.ts'

refusePartOfRun(process.argv)

export default defineConfig({
  // Before vitest starts a server for modules, and in a hook: Vite leaves a file behind when this one ends the process.
  plugins: [{ name: 'refuse-settings', config: () => refuseSettings(import.meta.dirname) }],
  test: {
    include: ['specs/*.spec.ts'],
    globalSetup: './helpers/run/global-setup.ts',
    setupFiles: ['./helpers/run/each-section.ts'],
    sequence: { sequencer: GuideOrder },
    fileParallelism: false,
    retry: 0,
    passWithNoTests: false,
    // One worker for all specs. What a section learns goes through the run's folder: each-section.ts makes its modules anew.
    isolate: false,
    disableConsoleIntercept: true,
    // Vitest's own summary would stand where the progress of the steps is drawn. By their paths, ours are loaded once for all.
    reporters: [
      isVerbose(import.meta.dirname)
        ? ['verbose', { summary: false }]
        : [join(import.meta.dirname, 'helpers/run/terminal/live-reporter.ts'), {}],
      [join(import.meta.dirname, 'helpers/run/reporter.ts'), {}],
    ],
  },
})
