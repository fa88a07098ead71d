import { inject } from 'vitest'
import type { BackupPlan } from '../backup/plan.ts'
import type { Mode } from '../core/config/settings.ts'
import type { ServerAddress } from '../core/server/session.ts'
import type { Permit } from '../gate/permit.ts'
import type { RunSettings } from './run-settings.ts'

/** What the global set-up hands to every spec file. Plain data, because it crosses to another process. */
export interface RunContext {
  readonly runDir: string
  readonly target: {
    readonly name: string
    readonly kind: 'embedded' | 'container' | 'remote'
    /** With the database of the run. */
    readonly address: ServerAddress
    readonly version: string
    /** The throw-away token; null on a target that must not be written to. */
    readonly token: string | null
  }
  /** What a person gave so that a target of theirs may be changed; null when nothing may be. */
  readonly permit: Permit | null
  /** Where the backup of this run is; null when it has none. */
  readonly backup: BackupPlan | null
  readonly mode: Mode
  readonly migration: string
  /** Names of indexes and constraints that are left out. */
  readonly except: readonly string[]
  /** True when the process that owns the terminal draws the progress of steps on it. */
  readonly isBarDrawn: boolean
  readonly settings: RunSettings
}

declare module 'vitest' {
  interface ProvidedContext {
    run: RunContext
  }
}

/** The context of this run. Only inside a spec. */
export const runContext = (): RunContext => inject('run')
