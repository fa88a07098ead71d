import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { inProject } from '../core/config/project.ts'
import { RunFolder } from '../core/record/run-folder.ts'
import { startChild } from './child.ts'
import { type Figures, figuresShape } from './figures.ts'
import type { GeneratorConfig } from './generator.ts'
import { journalFile, readJournal } from './journal.ts'

let run: RunFolder
beforeEach(() => {
  run = new RunFolder(mkdtempSync(join(tmpdir(), 'generator-')))
})
afterEach(() => rmSync(run.dir, { recursive: true }))

type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => void

const ok: Handler = (_, response, body) => {
  response.writeHead(200).end(body === '' ? '{}' : body)
}

/** Lets ten clients ask a server for `ms`, and returns what they saw. */
const drive = async (
  handler: Handler,
  ms: number,
  whileDriven: (server: Server, port: number) => Promise<void> = async () => {},
): Promise<Figures> => {
  const server = createServer((request, response) => {
    void request.toArray().then((chunks) => handler(request, response, chunks.join('')))
  })
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : 0)
    })
  })
  const config: GeneratorConfig = {
    url: `http://127.0.0.1:${port}`,
    buyers: inProject('drills/support/test-buyers.ts'),
    rate: 10,
    journal: run.path(journalFile),
    label: 'L',
    timeoutSeconds: 2,
  }
  await using generator = startChild(join(import.meta.dirname, 'generator.ts'), config)
  await generator.next(z.object({ sending: z.literal(10) }))
  await whileDriven(server, port)
  await sleep(ms)
  generator.say('end')
  const figures = await generator.next(figuresShape)
  server.closeAllConnections()
  server.close()
  return figures
}

test('every request is answered: no error, the wanted rate, all purchases acknowledged', async () => {
  const figures = await drive(ok, 4000)
  expect(figures.errors).toBe(0)
  expect(figures.requests).toBeGreaterThanOrEqual(45)
  expect(figures.rate).toBeGreaterThan(7)
  // One comes every 100 ms until the end: what the clients take to close is no stall.
  expect(figures.longestStallMs).toBeLessThan(600)
  const { acknowledged, unknown } = readJournal(run)
  expect(acknowledged.size).toBeGreaterThanOrEqual(20)
  expect([...unknown]).toEqual([])
})

test('a request on its way at the end is waited for', async () => {
  const slow: Handler = (request, response, body) => void setTimeout(() => ok(request, response, body), 900)
  expect((await drive(slow, 0)).errors).toBe(0)
  expect([...readJournal(run).unknown]).toEqual([])
})

test.for<[string, Handler, RegExp, boolean]>([
  [
    '500',
    (_, response) => response.writeHead(500).end('{"error":"gone"}'),
    /buy: 500: {"error":"gone"}/,
    true,
  ],
  ['a redirect', (_, response) => response.writeHead(302).end(), /look: 302/, true],
  ['no JSON', (_, response) => response.writeHead(200).end('<html>'), /the answer is no JSON: <html>/, true],
  ['a cut connection', (request) => request.socket.destroy(), /the connection was cut/, true],
  ['a reset connection', (request) => request.socket.resetAndDestroy(), /ECONNRESET/, true],
  ['no answer', () => {}, /no answer in 2 s/, true],
  [
    'a cut in the middle of an answer',
    (request, response) => {
      response.writeHead(200, { 'content-length': 100 })
      response.write('{')
      setTimeout(() => request.socket.destroy(), 20)
    },
    /the connection was cut/,
    true,
  ],
])('%s is an error each time', async ([, handler, says]) => {
  const figures = await drive(handler, 1000)
  expect(figures.requests).toBeGreaterThanOrEqual(10)
  expect(figures.errors).toBe(figures.requests)
  expect(figures.messages.map(({ message }) => message).join('\n')).toMatch(says)
  const { acknowledged, unknown } = readJournal(run)
  expect(acknowledged.size).toBe(0)
  expect(unknown.size).toBeGreaterThan(0)
})

test.for<[string, string]>([
  ['an error', '{"status":"error","message":"Lock wait timeout exceeded"}'],
  ['another purchase', '{"purchase":"L-0"}'],
  ['nothing', '{}'],
])('a purchase that is answered 200 with %s was not made, and that is an error', async ([, answer]) => {
  const handler: Handler = (request, response, body) => ok(request, response, body === '' ? '' : answer)
  const figures = await drive(handler, 1000)
  const buying = figures.byRequest.find(({ request }) => request === 'buy')
  expect(buying?.requests).toBeGreaterThanOrEqual(5)
  expect(figures.errors).toBe(buying?.requests)
  const says = `200, but the answer does not name its purchase: ${answer}`
  expect(figures.messages).toEqual([{ message: `buy: ${says}`, count: figures.errors }])
  const { acknowledged, unknown } = readJournal(run)
  expect(acknowledged.size).toBe(0)
  expect(unknown.get('L-1')).toBe(says)
})

test('one purchase whose answer is lost is an error, and its outcome is unknown', async () => {
  let lost: string | undefined
  const handler: Handler = (request, response, body) => {
    if (lost !== undefined || body === '') return ok(request, response, body)
    lost = body
    request.socket.destroy()
  }
  const figures = await drive(handler, 2500)
  expect(figures.errors).toBe(1)
  const { acknowledged, unknown } = readJournal(run)
  expect([...unknown].map(([purchase, reason]) => [JSON.stringify({ purchase }), reason])).toEqual([
    [lost, 'the connection was cut'],
  ])
  expect(acknowledged.size).toBeGreaterThan(5)
})

test('an application that goes away does not make the buyers spin', async () => {
  let isGone = false
  const handler: Handler = (request, response, body) => {
    if (isGone) request.socket.resetAndDestroy()
    else ok(request, response, body)
  }
  const figures = await drive(handler, 2000, async () => {
    isGone = true
  })
  expect(figures.errors).toBeGreaterThan(0)
  expect(figures.errors).toBeLessThan(60)
})

test('an application that is gone for 3 s: each request of that time is an error, and those after it are answered', async () => {
  let answered = 0
  const handler: Handler = (...all) => {
    answered++
    ok(...all)
  }
  const figures = await drive(handler, 2000, async (server, port) => {
    server.close()
    server.closeAllConnections()
    await sleep(3000)
    answered = 0
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  })
  expect(figures.errors).toBeGreaterThanOrEqual(20)
  expect(figures.errors).toBeLessThanOrEqual(40)
  expect(figures.messages.map(({ message }) => message).join('\n')).toMatch(/ECONNREFUSED/)
  expect(answered).toBeGreaterThanOrEqual(10)
})
