import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { getContainerRuntimeClient, ImageName } from 'testcontainers'
import { describe, expect, it, type TestContext } from 'vitest'
import { z } from 'zod'
import { dockerAnswers, startContainer } from './container.ts'
import { openReadSession } from './session.ts'

const needsDocker = async (ctx: TestContext): Promise<void> => {
  if (!(await dockerAnswers())) ctx.skip('Docker does not answer')
}

const needsImage = async (ctx: TestContext): Promise<string> => {
  await needsDocker(ctx)
  const image = process.env['TIDB_IMAGE']
  if (image === undefined) return ctx.skip('TIDB_IMAGE is not set')
  const client = await getContainerRuntimeClient()
  if (!(await client.image.exists(ImageName.fromString(image)))) ctx.skip(`${image} is not on this machine`)
  return image
}

const containerIds = async (): Promise<string[]> => {
  const client = await getContainerRuntimeClient()
  const containers = await client.container.dockerode.listContainers({ all: true })
  return containers.map(({ Id }) => Id)
}

/** Starts a container in a process of its own and kills the process. */
const leaveContainerBehind = async (image: string): Promise<string> => {
  const script = `
    const { startContainer } = await import(${JSON.stringify(new URL('container.ts', import.meta.url))})
    console.log((await startContainer({ image: ${JSON.stringify(image)} })).containerId)
    setInterval(() => {}, 1000)`
  const run = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(run, 'exit')
  const [id] = await Promise.race([once(createInterface({ input: run.stdout }), 'line'), ended])
  run.kill('SIGKILL')
  await ended
  return z.string().parse(id)
}

describe('startContainer', { timeout: 180_000 }, () => {
  it('should start TiDB on loopback, and leave nothing after stop', async (ctx) => {
    const image = await needsImage(ctx)
    const server = await startContainer({ image })
    {
      await using session = await openReadSession(server.address)
      expect(await session.row(z.object({ one: z.number() }), 'SELECT 1 AS one')).toEqual({ one: 1 })
    }
    expect(server.version).toContain('TiDB')
    expect(await containerIds()).toContain(server.containerId)

    await server.stop()
    await server.stop()

    expect(await containerIds()).not.toContain(server.containerId)
    await expect(openReadSession(server.address)).rejects.toThrow('ECONNREFUSED')
  })

  it('should remove the container of a killed run, and not that of a living one', async (ctx) => {
    const image = await needsImage(ctx)
    await using living = await startContainer({ image })
    const leftover = await leaveContainerBehind(image)
    expect(await containerIds()).toEqual(expect.arrayContaining([living.containerId, leftover]))

    const lines: string[] = []
    await using _next = await startContainer({ image, onProgress: (line) => lines.push(line) })

    const ids = await containerIds()
    expect(ids).toContain(living.containerId)
    expect(ids).not.toContain(leftover)
    expect(lines).toContain(`removed container ${leftover.slice(0, 12)}, which a killed run had left`)
  })

  it('should say which image cannot be had, and what to do', async (ctx) => {
    await needsDocker(ctx)
    // Nothing listens on port 1, so the test needs no registry to refuse it.
    await expect(startContainer({ image: 'localhost:1/no-such/tidb:v0' })).rejects.toMatchObject({
      code: 'IMAGE_UNAVAILABLE',
      message: expect.stringContaining('Set TIDB_IMAGE'),
    })
  })
})
