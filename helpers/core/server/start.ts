import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { z } from 'zod'
import type { Settings } from '../config/settings.ts'
import { unreachable } from '../errors/connection-error.ts'
import { HarnessError, messageOf } from '../errors/harness-error.ts'
import type { StartedServer } from './container.ts'
import { findEngineBinary, noEngine } from './embedded/binary.ts'
import type { Say } from './embedded/build.ts'
import { attachEngine, type Engine, type EngineOptions, startEngine } from './embedded/engine.ts'
import { emptyServer } from './prepared/preparation.ts'
import { type CacheSettings, type PreparedServer, prepareServer } from './prepared/prepare-server.ts'
import { type Endpoint, openReadSession, type ServerAddress, type SessionOptions } from './session.ts'
import { markThrowAway, type ThrowAwayServer } from './throw-away.ts'

// Half of what the suite would load is testcontainers, which only a container needs.
const containers = () => import('./container.ts')

/** The server under the suite. Ending it is the business of whoever started it. */
export interface Target {
  readonly name: string
  readonly kind: 'embedded' | 'container' | 'remote'
  readonly address: ServerAddress
  /** For every connection to it; none on a server that is thrown away. */
  readonly sessionOptions: SessionOptions
  /** What SELECT VERSION() says. */
  readonly version: string
  /** The throw-away token; null on a target that must not be written to. */
  readonly token: string | null
  stop(): Promise<void>
}

const nothingToStop = async () => {}

const readVersion = async ({ address, sessionOptions }: Endpoint): Promise<string> => {
  try {
    await using session = await openReadSession(address, sessionOptions)
    const { version } = await session.row(z.object({ version: z.string() }), 'SELECT VERSION() AS version')
    return version
  } catch (cause) {
    throw unreachable(address, cause)
  }
}

/**
 * Starts an embedded engine with the binary that the settings lead to, on prepared data: an empty server's, unless told.
 * Throws ENGINE_UNAVAILABLE when there is no binary.
 */
export const startEngineFor = async (
  settings: CacheSettings,
  say: Say,
  options: Pick<EngineOptions, 'serverVersion' | 'tls'> = {},
  prepared?: PreparedServer,
): Promise<Engine> => {
  const binary = await findEngineBinary(settings, say)
  if (binary === undefined) throw noEngine()
  say(`engine: ${binary.path} (from ${binary.source})`)
  const data = prepared ?? (await prepareServer(settings, emptyServer, say))
  if (data === undefined) return startEngine({ binary: binary.path, ...options })
  try {
    return await startEngine({ binary: binary.path, ...options, dataDir: data.dataDir, isCopy: true })
  } catch (error) {
    // Else the next run would fail on it as well.
    await data.drop()
    throw error
  }
}

/** Starts a container with the image of the settings, marked as thrown away. What fails leaves none behind. */
export const startContainerFor = async (
  { TIDB_IMAGE }: Pick<Settings, 'TIDB_IMAGE'>,
  say: Say,
): Promise<ThrowAwayServer & Pick<StartedServer, 'version' | 'stop'>> => {
  const { startContainer } = await containers()
  const { address, version, stop } = await startContainer({ image: TIDB_IMAGE, onProgress: say })
  try {
    return { ...(await markThrowAway(address)), version, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

const startContainerTarget = async (settings: Settings, say: Say): Promise<Target> => ({
  name: 'container',
  kind: 'container',
  sessionOptions: {},
  ...(await startContainerFor(settings, say)),
})

const startEmbeddedTarget = async (
  settings: Settings,
  say: Say,
  prepared: PreparedServer | undefined,
): Promise<Target> => {
  if (settings.ENGINE_DIR !== undefined) {
    const { address, token } = await attachEngine(settings.ENGINE_DIR)
    say(`joined the engine in ${settings.ENGINE_DIR}`)
    return {
      name: 'embedded',
      kind: 'embedded',
      address,
      sessionOptions: {},
      version: await readVersion({ address }),
      token,
      stop: nothingToStop,
    }
  }
  try {
    const { address, token, stop } = await startEngineFor(settings, say, {}, prepared)
    const version = await readVersion({ address })
    return { name: 'embedded', kind: 'embedded', address, sessionOptions: {}, version, token, stop }
  } catch (error) {
    const canStandIn =
      error instanceof HarnessError && error.code === 'ENGINE_UNAVAILABLE' && !settings.targetWasNamed
    if (!canStandIn || !(await (await containers()).dockerAnswers())) throw error
    say(
      'no tidb-server here and no Go to build one; Docker answers, so a container stands in (TARGET=container)',
    )
    return startContainerTarget(settings, say)
  }
}

const addressOf = (databaseUrl: string): ServerAddress => {
  const url = new URL(databaseUrl)
  return {
    // An IPv6 address stands in brackets in a URL, and nowhere else.
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? 4000 : Number(url.port),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database: decodeURIComponent(url.pathname.slice(1)),
  }
}

const readAuthority = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new HarnessError('CONFIG_INVALID', {
      what: `TLS_CA=${path} cannot be read: ${messageOf(cause)}`,
      why: 'Nothing was started.',
      next: 'Make it the path of the PEM file of the authority, or leave it out for a public one.',
      cause,
    })
  }
}

/** The address of a target of the user's own: with TLS, unless the user allowed to go without. */
const remoteAddress = (settings: Settings, say: Say): ServerAddress => {
  const { DATABASE_URL = '', TLS_CA, ALLOW_PLAINTEXT } = settings
  const address = addressOf(DATABASE_URL)
  if (new URL(DATABASE_URL).search !== '')
    say('what stands behind the ? in DATABASE_URL is not read; TLS is on unless ALLOW_PLAINTEXT=1')
  if (ALLOW_PLAINTEXT === '1') {
    say(`ALLOW_PLAINTEXT=1: connections to ${address.host} are not encrypted`)
    return address
  }
  // For a bare address the driver holds the certificate against "localhost", which proves nothing.
  if (isIP(address.host) !== 0) {
    throw new HarnessError('TLS_NEEDS_A_NAME', {
      what: `DATABASE_URL names the address ${address.host}, and a certificate is verified for a name.`,
      why: 'Nothing was sent.',
      next: 'Put the host name that the certificate is for into DATABASE_URL; through an SSH tunnel, set ALLOW_PLAINTEXT=1.',
      fields: { host: address.host },
    })
  }
  return { ...address, tls: TLS_CA === undefined ? {} : { ca: readAuthority(TLS_CA) } }
}

/**
 * Starts or finds the target that the settings name; an embedded one on the prepared data, if given. Throws ENGINE_UNAVAILABLE, ENGINE_NOT_STARTED,
 * DOCKER_UNAVAILABLE, IMAGE_UNAVAILABLE, CONTAINER_NOT_READY, CONFIG_INVALID, TLS_NEEDS_A_NAME or TARGET_UNREACHABLE.
 */
export const startTarget = async (
  settings: Settings,
  say: Say,
  prepared?: PreparedServer,
): Promise<Target> => {
  if (settings.TARGET === 'container') return startContainerTarget(settings, say)
  if (settings.TARGET === 'embedded') return startEmbeddedTarget(settings, say, prepared)
  const address = remoteAddress(settings, say)
  const sessionOptions = { statementSeconds: settings.STATEMENT_SECONDS }
  const version = await readVersion({ address, sessionOptions })
  return {
    name: settings.TARGET,
    kind: 'remote',
    address,
    sessionOptions,
    version,
    token: null,
    stop: nothingToStop,
  }
}
