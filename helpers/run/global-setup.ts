import type { TestProject } from 'vitest/node'
import { loadSettings } from '../core/config/load.ts'
import { projectRoot } from '../core/config/project.ts'
import { type BegunRun, beginRun, reportNotStarted } from './start/begun-run.ts'
import { startRun } from './start/start-run.ts'

/**
 * Starts the run and hands its context to the specs. Returns the tear-down. What goes wrong here ends the process with its
 * message: vitest would bury it in a stack and in "no test files found".
 */
export default async (project: TestProject): Promise<() => Promise<void>> => {
  let begunRun: BegunRun | undefined
  try {
    const settings = loadSettings(projectRoot)
    // First of all: what is refused from here on must not leave the report of an earlier run as the latest one.
    if (settings.RUN_DIR === undefined) begunRun = beginRun(settings)
    return await startRun(project, settings, begunRun)
  } catch (thrown) {
    reportNotStarted(begunRun, thrown)
    return process.exit(1)
  }
}
