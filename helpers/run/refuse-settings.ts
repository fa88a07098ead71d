import { loadSettings } from '../core/config/load.ts'
import { HarnessError } from '../core/errors/harness-error.ts'

/** Ends the process with a message when a setting is wrong, before anything is loaded that only a run needs. */
export const refuseSettings = (root: string): void => {
  try {
    loadSettings(root)
  } catch (error) {
    if (!(error instanceof HarnessError)) throw error
    console.error(`\n${error.message}\n\n  FAILED  the run did not start\n`)
    process.exit(1)
  }
}
