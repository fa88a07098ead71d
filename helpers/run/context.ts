import { inject } from 'vitest'
import type { Mode, Settings } from '../config/settings.ts'
import type { ServerAddress } from '../target/session.ts'

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
  readonly mode: Mode
  readonly migration: string
  readonly settings: Pick<Settings, 'SCALE' | 'SEED' | 'CONNECTIONS' | 'LONG_TRANSACTION_SECONDS'>
}

declare module 'vitest' {
  interface ProvidedContext {
    run: RunContext
  }
}

/** The context of this run. Only inside a spec. */
export const runContext = (): RunContext => inject('run')
