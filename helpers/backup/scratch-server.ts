import type { Settings } from '../core/config/settings.ts'
import { HarnessError } from '../core/errors/harness-error.ts'
import type { Say } from '../core/server/embedded/build.ts'
import { startContainerFor, startEngineFor } from '../core/server/start.ts'
import type { ThrowAwayServer } from '../core/server/throw-away.ts'

export type ScratchServer = ThrowAwayServer & AsyncDisposable

/** Why a backup is not restored on this machine, for what was thrown where none can be started; undefined for all else. */
export const reasonNoScratchServer = (thrown: unknown): string | undefined =>
  thrown instanceof HarnessError && thrown.code === 'ENGINE_UNAVAILABLE'
    ? `there is no second server to restore into: ${thrown.what}`
    : undefined

/**
 * Starts a second server to restore into, empty and thrown away on disposal: a container where the target is one, else an
 * embedded engine. Throws what their start throws, ENGINE_UNAVAILABLE for one.
 */
export const startScratchServer = async (
  kind: 'embedded' | 'container' | 'remote',
  settings: Pick<Settings, 'TIDB_SERVER_BIN' | 'ENGINE_CACHE' | 'ENGINE_SRC' | 'PREPARED_GB' | 'TIDB_IMAGE'>,
  say: Say,
): Promise<ScratchServer> => {
  if (kind !== 'container') return startEngineFor(settings, say)
  const container = await startContainerFor(settings, say)
  return { ...container, [Symbol.asyncDispose]: container.stop }
}
