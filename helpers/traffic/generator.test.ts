import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { inProject } from '../core/config/project.ts'
import { RunFolder } from '../core/record/run-folder.ts'
import { figuresShape } from '../core/record/traffic.ts'
import { startChild } from './child.ts'
import type { GeneratorConfig } from './generator.ts'
import { purchaseLog, readJournal } from './journal.ts'

let resources: AsyncDisposableStack
let run: RunFolder
let answered = 0
let config: GeneratorConfig
beforeEach(async () => {
  resources = new AsyncDisposableStack()
  run = new RunFolder(mkdtempSync(join(tmpdir(), 'generator-')))
  resources.defer(() => rmSync(run.dir, { recursive: true }))
  const server = createServer(async (request, response) => {
    answered++
    response.end((await request.toArray()).join('') || '{}')
  })
  resources.defer(() => {
    server.closeAllConnections()
    server.close()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  config = {
    url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    buyers: inProject('drills/support/test-buyers.ts'),
    rate: 40,
    journal: run.path(purchaseLog.name),
    label: 'L',
    timeoutSeconds: 5,
  }
})
afterEach(() => resources.disposeAsync())

const start = () => resources.use(startChild(join(import.meta.dirname, 'generator.ts'), config))

test('tells its figures at each mark and at the end: all requests are in one of them', async () => {
  const generator = start()
  const order = (name: 'mark' | 'end') => {
    generator.say(name)
    return generator.next(figuresShape)
  }
  const begin = async () => {
    generator.say('start')
    expect(await generator.next(z.object({ sending: z.number() }))).toEqual({ sending: 40 })
    await sleep(500)
  }
  await begin()
  const first = await order('mark')
  await sleep(500)
  const second = await order('end')
  const atEnd = answered
  expect([first.errors, second.errors]).toEqual([0, 0])
  expect(Math.min(first.requests, second.requests)).toBeGreaterThanOrEqual(10)
  expect(first.requests + second.requests).toBe(atEnd)
  // Nobody asks between an end and the next start, and no figures hold that time.
  await sleep(500)
  expect(answered).toBe(atEnd)
  await begin()
  const third = await order('end')
  expect(third.requests).toBe(answered - atEnd)
  expect(third.seconds).toBeLessThan(0.9)
  expect(readJournal(run).acknowledged.size).toBe(Math.floor(atEnd / 2) + Math.floor(third.requests / 2))
})

test('ends with what is wrong with its buyers', async () => {
  config.buyers = join(import.meta.dirname, 'reply.ts')
  await expect(start().next(figuresShape)).rejects.toThrow(
    /CHILD_ENDED[\s\S]*the module of the buyers exports no function "openBuyers"/,
  )
})
