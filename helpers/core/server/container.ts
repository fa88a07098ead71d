import { readlinkSync } from 'node:fs'
import { createServer } from 'node:net'
import { hostname, platform } from 'node:os'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { MySqlContainer } from '@testcontainers/mysql'
import { type ContainerRuntimeClient, getContainerRuntimeClient, ImageName, Wait } from 'testcontainers'
import { z } from 'zod'
import { HarnessError, messageOf } from '../errors/harness-error.ts'
import { openReadSession, type ServerAddress } from './session.ts'

/** A server in a container of its own. Disposing it stops and removes the container. */
export interface StartedServer extends AsyncDisposable {
  readonly address: ServerAddress
  /** What SELECT VERSION() says. */
  readonly version: string
  readonly containerId: string
  /** Kills the server and removes its container and data. Can be called again. */
  stop(): Promise<void>
}

type Say = (line: string) => void

const port = 3306
const startLimitMs = 60_000
const machineLabel = 'tidb-migration-harness.machine'
const pidLabel = 'tidb-migration-harness.pid'

const reachDocker = (limitMs: number): Promise<ContainerRuntimeClient> => {
  const reach = async () => {
    const client = await getContainerRuntimeClient()
    // testcontainers keeps the client of an engine that has gone since.
    await client.container.dockerode.ping()
    return client
  }
  const limit = sleep(limitMs, undefined, { ref: false }).then(() => {
    throw new Error(`no answer within ${limitMs / 1000} s`)
  })
  return Promise.race([reach(), limit])
}

/** True when a Docker engine answers; gives up after 3 s. */
export const dockerAnswers = (): Promise<boolean> =>
  reachDocker(3_000).then(
    () => true,
    () => false,
  )

class TidbContainer extends MySqlContainer {
  containerId: string | undefined
  readonly lastLines: string[] = []
  stopListening = () => {}

  publishOn(hostIp: string): this {
    this.hostConfig.PortBindings = { [`${port}/tcp`]: [{ HostIp: hostIp, HostPort: '0' }] }
    return this
  }

  // testcontainers removes a container that does not come up, so its log must be read as it is written.
  protected override async containerCreated(id: string): Promise<void> {
    this.containerId = id
    const client = await getContainerRuntimeClient()
    const output = await client.container.attach(client.container.getById(id))
    this.stopListening = () => output.destroy()
    createInterface({ input: output }).on('line', (line) => {
      this.lastLines.push(line.slice(0, 300))
      if (this.lastLines.length > 8) this.lastLines.shift()
    })
  }
}

const isGone = (thrown: unknown): boolean => {
  const status = thrown instanceof Error && 'statusCode' in thrown ? thrown.statusCode : undefined
  const [notThere, beingRemoved] = [404, 409]
  return status === notThere || status === beingRemoved
}

const remove = (client: ContainerRuntimeClient, id: string): Promise<void> =>
  client.container
    .getById(id)
    .remove({ force: true, v: true })
    .catch((error: unknown) => {
      if (!isGone(error)) throw error
    })

// A process id has a meaning in its own name space only; WSL, Windows and containers may share engine and host name.
const machine = (): string => {
  const space = platform() === 'linux' ? readlinkSync('/proc/self/ns/pid') : ''
  return `${platform()}/${hostname()}/${space}`
}

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

const removeLeftovers = async (client: ContainerRuntimeClient, say: Say) => {
  const filters = { label: [`${machineLabel}=${machine()}`] }
  const found = await client.container.dockerode.listContainers({ all: true, filters })
  for (const { Id: id, Labels: labels } of found) {
    if (isAlive(Number(labels[pidLabel]))) continue
    const name = `container ${id.slice(0, 12)}, which a killed run had left`
    await remove(client, id).then(
      () => say(`removed ${name}`),
      (error: unknown) => say(`could not remove ${name}: ${messageOf(error)}`),
    )
  }
}

const provideImage = async (client: ContainerRuntimeClient, image: string, say: Say) => {
  try {
    const name = ImageName.fromString(image)
    if (await client.image.exists(name)) return
    say(`pulling ${image}, once`)
    await client.image.pull(name)
    // testcontainers passes over an error that the registry sends in the middle of a pull.
    if (!(await client.image.exists(name))) throw new Error('the pull ended without an image')
  } catch (cause) {
    throw new HarnessError('IMAGE_UNAVAILABLE', {
      what: `The image ${image} is not here and cannot be pulled: ${messageOf(cause).trim()}`,
      next: 'Set TIDB_IMAGE to an image that `docker image ls` shows, or use TARGET=embedded, which needs none.',
      cause,
      fields: { image },
    })
  }
}

const isThisMachine = (host: string): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen(0, host, () => probe.close(() => resolve(true)))
  })

/**
 * Starts TiDB from `image` on a free port, with an empty store and root without a password.
 * Throws DOCKER_UNAVAILABLE, IMAGE_UNAVAILABLE, or CONTAINER_NOT_READY with the end of the server's log.
 */
export const startContainer = async (options: {
  image: string
  onProgress?: Say
}): Promise<StartedServer> => {
  const say = options.onProgress ?? (() => {})
  const client = await reachDocker(10_000).catch((cause: unknown) => {
    throw new HarnessError('DOCKER_UNAVAILABLE', {
      what: `No Docker engine answers: ${messageOf(cause)}`,
      next: 'Start Docker (on Debian: sudo .ci/docker.sh), or set DOCKER_HOST, or use TARGET=embedded, which needs none.',
      cause,
    })
  })
  await removeLeftovers(client, say)
  await provideImage(client, options.image, say)
  // Root has no password, so nobody but this machine may reach it. An engine elsewhere leaves no such choice.
  const isLocal = await isThisMachine(client.info.containerRuntime.host)
  const container = new TidbContainer(options.image)
    .publishOn(isLocal ? '127.0.0.1' : '')
    // An image around a binary of Go 1.26 can crash under load without it; see embedded/watchdog.ts.
    .withEnvironment({ GODEBUG: 'tracefpunwindoff=1' })
    .withCommand(['-P', `${port}`, '-host', '0.0.0.0', '-store', 'unistore'])
    .withLabels({ [machineLabel]: machine(), [pidLabel]: `${process.pid}` })
    .withWaitStrategy(Wait.forLogMessage('server is running MySQL protocol'))
    .withStartupTimeout(startLimitMs)
    // Without testcontainers' reaper one image less is needed; instead every start removes what killed runs left.
    .withAutoCleanup(false)
  say(`starting ${options.image}`)
  try {
    const started = await container.start()
    const host = isLocal ? '127.0.0.1' : started.getHost()
    const address = { host, port: started.getPort(), user: 'root', password: '' }
    await using session = await openReadSession(address)
    const { version } = await session.row(z.object({ version: z.string() }), 'SELECT VERSION() AS version')
    const stop = () => remove(client, started.getId())
    return { address, version, containerId: started.getId(), stop, [Symbol.asyncDispose]: stop }
  } catch (cause) {
    // What cannot be removed now is a leftover for the next start; the first error is the one to show.
    if (container.containerId !== undefined) await remove(client, container.containerId).catch(() => {})
    throw new HarnessError('CONTAINER_NOT_READY', {
      what: `TiDB did not come up in a container of ${options.image}: ${messageOf(cause).trim()}`,
      why: `The end of its log:\n    ${container.lastLines.join('\n    ') || '(empty)'}`,
      next: `See what the image does: docker run --rm ${options.image} -P ${port} -store unistore`,
      cause,
      fields: { image: options.image },
    })
  } finally {
    container.stopListening()
  }
}
