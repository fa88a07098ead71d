import { z } from 'zod'
import type { Settings } from '../config/settings.ts'
import { unreachable } from '../errors/connection-error.ts'
import { HarnessError } from '../errors/harness-error.ts'
import { dockerAnswers, startContainer } from './container.ts'
import { findEngineBinary, noEngine } from './embedded/binary.ts'
import type { Say } from './embedded/build.ts'
import { attachEngine, type Engine, startEngine } from './embedded/engine.ts'
import { openReadSession, type ServerAddress } from './session.ts'
import { markThrowAway } from './throw-away.ts'

/** The server under the suite. Ending it is the business of whoever started it. */
export interface Target {
  readonly name: string
  readonly kind: 'embedded' | 'container' | 'remote'
  readonly address: ServerAddress
  /** What SELECT VERSION() says. */
  readonly version: string
  /** The throw-away token; null on a target that must not be written to. */
  readonly token: string | null
  stop(): Promise<void>
}

const nothingToStop = async () => {}

const readVersion = async (address: ServerAddress): Promise<string> => {
  try {
    await using session = await openReadSession(address)
    const { version } = await session.row(z.object({ version: z.string() }), 'SELECT VERSION() AS version')
    return version
  } catch (cause) {
    throw unreachable(address, cause)
  }
}

/** Starts an embedded engine with the binary that the settings lead to. Throws ENGINE_UNAVAILABLE when there is none. */
export const startEngineFor = async (
  settings: Pick<Settings, 'TIDB_SERVER_BIN' | 'ENGINE_CACHE'>,
  say: Say,
  options: { serverVersion?: string } = {},
): Promise<Engine> => {
  const binary = await findEngineBinary(settings, say)
  if (binary === undefined) throw noEngine()
  say(`engine: ${binary.path} (from ${binary.source})`)
  return startEngine({ binary: binary.path, ...options })
}

const startContainerTarget = async (settings: Settings, say: Say): Promise<Target> => {
  const container = await startContainer({ image: settings.TIDB_IMAGE, onProgress: say })
  const { token } = await markThrowAway(container.address)
  const { address, version, stop } = container
  return { name: 'container', kind: 'container', address, version, token, stop }
}

const startEmbeddedTarget = async (settings: Settings, say: Say): Promise<Target> => {
  if (settings.ENGINE_DIR !== undefined) {
    const { address, token } = await attachEngine(settings.ENGINE_DIR)
    say(`joined the engine in ${settings.ENGINE_DIR}`)
    return {
      name: 'embedded',
      kind: 'embedded',
      address,
      version: await readVersion(address),
      token,
      stop: nothingToStop,
    }
  }
  try {
    const { address, token, stop } = await startEngineFor(settings, say)
    return { name: 'embedded', kind: 'embedded', address, version: await readVersion(address), token, stop }
  } catch (error) {
    const canStandIn =
      error instanceof HarnessError && error.code === 'ENGINE_UNAVAILABLE' && !settings.targetWasNamed
    if (!canStandIn || !(await dockerAnswers())) throw error
    say(
      'no tidb-server here and no Go to build one; Docker answers, so a container stands in (TARGET=container)',
    )
    return startContainerTarget(settings, say)
  }
}

const addressOf = (databaseUrl: string): ServerAddress => {
  const url = new URL(databaseUrl)
  return {
    host: url.hostname,
    port: url.port === '' ? 4000 : Number(url.port),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database: decodeURIComponent(url.pathname.slice(1)),
  }
}

const isThisMachine = (host: string): boolean => /^(?:localhost|127(?:\.\d+){3}|\[?::1\]?)$/i.test(host)

const assertNothingOnTheWire = ({ host, port }: ServerAddress): void => {
  if (isThisMachine(host)) return
  throw new HarnessError('TLS_REQUIRED', {
    what: `${host} is another machine, and the suite cannot encrypt its connections yet.`,
    why: 'Rows and credentials would cross the network in the clear. Nothing was sent.',
    next: `Open a tunnel: ssh -L 4000:${host}:${port} USER@A_HOST_NEAR_IT, and put 127.0.0.1:4000 into DATABASE_URL.`,
    fields: { host },
  })
}

/**
 * Starts or finds the target that the settings name. Throws ENGINE_UNAVAILABLE, ENGINE_NOT_STARTED,
 * DOCKER_UNAVAILABLE, IMAGE_UNAVAILABLE, CONTAINER_NOT_READY, TLS_REQUIRED or TARGET_UNREACHABLE.
 */
export const startTarget = async (settings: Settings, say: Say): Promise<Target> => {
  if (settings.TARGET === 'container') return startContainerTarget(settings, say)
  if (settings.TARGET === 'embedded') return startEmbeddedTarget(settings, say)
  const address = addressOf(settings.DATABASE_URL ?? '')
  assertNothingOnTheWire(address)
  const version = await readVersion(address)
  return { name: settings.TARGET, kind: 'remote', address, version, token: null, stop: nothingToStop }
}
