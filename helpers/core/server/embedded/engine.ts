import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rename, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import getPort from 'get-port'
import { z } from 'zod'
import { pollUntil } from '../../async/poll-until.ts'
import { HarnessError, messageOf } from '../../errors/harness-error.ts'
import { withParent } from '../../process/with-parent.ts'
import type { ServerAddress } from '../session.ts'
import { markCopy, markThrowAway, type ThrowAwayServer } from '../throw-away.ts'

/** The server's settings, in its data directory as soon as somebody starts a server on that. */
export const engineConfigFile = 'engine.toml'
const stateFile = 'engine.json'
const startLimitMs = 60_000
const stateShape = z.object({
  pid: z.number(),
  port: z.number(),
  token: z.string(),
  user: z.string().default('root'),
})

export interface Engine extends ThrowAwayServer, AsyncDisposable {
  readonly pid: number
  readonly dataDir: string
  /** Ends the server by its own process id and removes its data, unless it was started with `keepData`. */
  stop(): Promise<void>
  /** Lets the server write all to its files and end by itself. Returns whether it did; 60 s later it is killed. */
  stopCleanly(): Promise<boolean>
}

export interface EngineOptions {
  readonly binary: string
  /** Absolute. A new directory under the system's temporary one when left out. */
  readonly dataDir?: string
  readonly keepData?: boolean | 'when stopped cleanly'
  /** The data directory holds a copy of prepared data, and the server gets a token of its own. */
  readonly isCopy?: boolean
  /** Given on a restart of the same data: the marker is in there already. */
  readonly token?: string
  /** What the server says to VERSION() instead of its own version. */
  readonly serverVersion?: string
  /** Files of a certificate and its key: the server then offers TLS. */
  readonly tls?: { readonly cert: string; readonly key: string }
}

const addressOf = (port: number): ServerAddress => ({ host: '127.0.0.1', port, user: 'root', password: '' })

const configFile = (dataDir: string, { serverVersion, tls }: EngineOptions): string =>
  [
    ...(serverVersion === undefined ? [] : [`server-version = ${JSON.stringify(serverVersion)}`]),
    `socket = ${JSON.stringify(join(dataDir, 'tidb.sock'))}`,
    `temp-dir = ${JSON.stringify(join(dataDir, 'temp'))}`,
    `tmp-storage-path = ${JSON.stringify(join(dataDir, 'spill'))}`,
    ...(tls === undefined
      ? []
      : ['[security]', `ssl-cert = ${JSON.stringify(tls.cert)}`, `ssl-key = ${JSON.stringify(tls.key)}`]),
    '[performance]',
    // The server books loaded rows into its statistics every 20 leases; the default of 3 s is a minute's wait.
    'stats-lease = "200ms"',
    '[log]',
    'level = "warn"',
    `slow-query-file = ${JSON.stringify(join(dataDir, 'slow.log'))}`,
    '[log.file]',
    `filename = ${JSON.stringify(join(dataDir, 'tidb.log'))}`,
  ].join('\n')

// Built with Go 1.26, TiDB v7.5 can crash under load: its mutex profile walks frame pointers (runtime.saveblockevent),
// and the go-farm assembly on amd64 leaves a wrong one. This turns that walk off.
const serverEnvironment = { GODEBUG: 'tracefpunwindoff=1' }
const markOf = async (
  address: ServerAddress,
  dataDir: string,
  { token, isCopy }: EngineOptions,
): Promise<ThrowAwayServer> => {
  if (token !== undefined) return { address, token }
  return isCopy ? markCopy(address, join(dataDir, 'data')) : markThrowAway(address)
}

const tailOfLog = async (dataDir: string): Promise<string> => {
  const log = await readFile(join(dataDir, 'tidb.log'), 'utf8').catch(() => '(no log was written)')
  return log.trimEnd().split('\n').slice(-8).join('\n    ')
}

const notStarted = (what: string, log: string, cause?: unknown) =>
  new HarnessError('ENGINE_NOT_STARTED', {
    what,
    why: `The end of its log:\n    ${log}`,
    next: 'Run the binary by hand with -store unistore, or set TIDB_SERVER_BIN to another one.',
    cause,
  })

const waitForStatus = async (statusPort: number, hasEnded: () => boolean): Promise<boolean> => {
  const state = async () => {
    const answer = await fetch(`http://127.0.0.1:${statusPort}/status`).catch(() => undefined)
    return answer?.ok ? 'answers' : hasEnded() && 'ended'
  }
  return (await pollUntil(state, { everyMs: 20, limitMs: startLimitMs })) === 'answers'
}

/** Starts tidb-server on free loopback ports. Throws ENGINE_NOT_STARTED with the end of its log. */
export const startEngine = async (options: EngineOptions): Promise<Engine> => {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'tidb-migration-harness-')))
  await mkdir(dataDir, { recursive: true })
  const [port, statusPort] = [await getPort({ host: '127.0.0.1' }), await getPort({ host: '127.0.0.1' })]
  const config = join(dataDir, engineConfigFile)
  await writeFile(config, configFile(dataDir, options))
  const serverArgs = ['-config', config, '-store', 'unistore', '-path', join(dataDir, 'data')]
  const listen = [
    '-host',
    '127.0.0.1',
    '-P',
    `${port}`,
    '-status',
    `${statusPort}`,
    '-status-host',
    '127.0.0.1',
  ]
  const fate =
    options.keepData === 'when stopped cleanly'
      ? { removeUnlessClean: dataDir }
      : options.keepData
        ? {}
        : { remove: dataDir }
  const args = withParent(options.binary, [...serverArgs, ...listen], { cwd: dataDir, ...fate })
  const server = spawn(process.execPath, args, {
    stdio: ['pipe', 'pipe', 'ignore'],
    detached: true,
    env: { ...process.env, ...serverEnvironment },
  })
  let ended = false
  const serverEnd = new Promise<boolean>((resolve) => {
    server.once('exit', (code) => {
      ended = true
      resolve(code === 0)
    })
  })
  const [pid, failure] = await new Promise<[number, string]>((resolve) => {
    const lines = createInterface({ input: server.stdout })
    lines.on('line', (line) => {
      if (line.startsWith('pid ')) resolve([Number(line.slice(4)), ''])
      if (line.startsWith('failed ')) resolve([0, line.slice(7)])
    })
    lines.on('close', () => resolve([0, 'the process ended at once']))
  })
  if (pid === 0) throw notStarted(`${options.binary} could not be run: ${failure}`, '(none)')
  // The data is thrown away, so there is nothing to flush; a server that must survive is restarted from its files.
  const stop = async () => {
    server.ref()
    server.stdin.end()
    await serverEnd
  }
  const stopCleanly = async () => {
    server.ref()
    if (!ended) process.kill(pid, 'SIGTERM')
    const timer = setTimeout(() => server.stdin.end(), startLimitMs)
    const isClean = await serverEnd
    clearTimeout(timer)
    return isClean
  }
  // The harness may end while the server still runs, which then ends too.
  server.unref()
  const log = async () => tailOfLog(dataDir)
  if (!(await waitForStatus(statusPort, () => ended))) {
    const tail = await log()
    await stop()
    throw notStarted(`${options.binary} did not answer within ${startLimitMs / 1000} s.`, tail)
  }
  try {
    const marked = await markOf(addressOf(port), dataDir, options)
    // In one go, because others read it as soon as it is there.
    const part = join(dataDir, `${stateFile}.part`)
    await writeFile(part, JSON.stringify({ pid, port, token: marked.token }), { mode: 0o600 })
    await rename(part, join(dataDir, stateFile))
    return { ...marked, pid, dataDir, stop, stopCleanly, [Symbol.asyncDispose]: stop }
  } catch (cause) {
    const tail = await log()
    await stop()
    throw notStarted(`${options.binary} started but could not be prepared: ${messageOf(cause)}`, tail, cause)
  }
}

/** Finds an engine that another process started on `dataDir`. Throws ENGINE_NOT_RUNNING when there is none. */
export const attachEngine = async (dataDir: string): Promise<ThrowAwayServer> => {
  try {
    const state = stateShape.parse(JSON.parse(await readFile(join(dataDir, stateFile), 'utf8')))
    process.kill(state.pid, 0)
    return { address: { ...addressOf(state.port), user: state.user }, token: state.token }
  } catch (cause) {
    throw new HarnessError('ENGINE_NOT_RUNNING', {
      what: `No embedded engine runs on ENGINE_DIR=${dataDir}.`,
      next: 'Leave ENGINE_DIR unset, and the run starts an engine of its own.',
      cause,
    })
  }
}
