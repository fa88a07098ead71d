import type { RunFolder } from '../../../core/record/run-folder.ts'
import type { Estimator } from '../../estimate/estimator.ts'
import type { WantedSetting } from '../settings/wanted.ts'
import type { MigratedServer } from './migrated-server.ts'

/** What steps are run with: a server, a record, and how to tell a person of it. */
export interface StepRunner {
  readonly server: MigratedServer
  readonly run: RunFolder
  /** What was ever done to this database of a target of somebody's own, over all runs. */
  readonly ledger?: RunFolder
  /** Tables changed side by side. */
  readonly connections: number
  readonly say: (line: string) => void
  /** Whether what rows hold may stand in errors; their keys always do. */
  readonly showValues?: boolean
  /** Settings that the steps lean on: each is waited for on the connection that sends a step. */
  readonly relies?: readonly WantedSetting[]
  /** Tells what steps will take; without it they run without an estimate. */
  readonly estimator?: Estimator
  /** True where the process that owns the terminal draws the progress, so that no lines of it are said. */
  readonly isBarDrawn?: boolean
  /** True where every step is said when it has ended; else those that took long, and what all took together. */
  readonly isVerbose?: boolean
}
