import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, test } from 'vitest'
import { openBuyers } from '../../drills/support/test-buyers.ts'
import { RunFolder } from '../core/record/run-folder.ts'
import type { BuyersFigures } from '../core/record/traffic.ts'
import { type Journal, purchaseLog, readJournal } from './journal.ts'
import { startSending } from './sending.ts'

type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => void

const ok: Handler = (_, response, body) => {
  response.writeHead(200).end(body === '' ? '{}' : body)
}

interface Seen {
  readonly figures: BuyersFigures
  readonly journal: Journal
  /** Requests that reached the server. */
  readonly asked: number
}

interface Drive {
  readonly ms?: number
  readonly timeoutSeconds?: number
  whileDriven?(server: Server, port: number): Promise<void>
}

const rate = 40

/** Lets buyers ask a server 40 times a second for `ms`, and returns what they saw. */
const drive = async (
  handler: Handler,
  { ms = 300, timeoutSeconds = 5, whileDriven = async () => {} }: Drive = {},
): Promise<Seen> => {
  await using resources = new AsyncDisposableStack()
  const run = new RunFolder(mkdtempSync(join(tmpdir(), 'sending-')))
  resources.defer(() => rmSync(run.dir, { recursive: true }))
  let asked = 0
  const server = createServer((request, response) => {
    asked++
    void request.toArray().then((chunks) => handler(request, response, chunks.join('')))
  })
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : 0)
    })
  })
  resources.defer(() => {
    server.closeAllConnections()
    server.close()
  })
  const url = `http://127.0.0.1:${port}`
  const options = { url, rate, timeoutSeconds, journal: run.path(purchaseLog.name) }
  const sending = startSending(options, await openBuyers(url, 'L'))
  await whileDriven(server, port)
  await sleep(ms)
  const figures = await sending.end()
  return { figures, journal: readJournal(run), asked }
}

const textOf = ({ messages }: BuyersFigures) => messages.map(({ message }) => message).join('\n')

// Each case waits in real time, on a server and buyers of its own.
describe.concurrent('buyers', () => {
  test('ask at the wanted rate, and know of each purchase that was acknowledged', async ({ expect }) => {
    const { figures, journal, asked } = await drive(ok, { ms: 2000 })
    expect(figures.errors).toBe(0)
    expect(figures.requests).toBe(asked)
    expect(figures.requests).toBeGreaterThanOrEqual(2 * rate)
    expect(figures.rate).toBeGreaterThan(0.8 * rate)
    // One comes every 25 ms until the end: what the end takes is no stall.
    expect(figures.longestStallMs).toBeLessThan(1000)
    expect(journal.acknowledged.size).toBe(
      figures.byRequest.find(({ request }) => request === 'buy')?.requests,
    )
    expect([...journal.unknown]).toEqual([])
  })

  test('come while others wait, and wait from when they were due: a stall is no single slow request', async ({
    expect,
  }) => {
    const held: (() => void)[] = []
    let isStalled = true
    let [early, waited] = [0, 0]
    const handler: Handler = (...all) => {
      if (isStalled) held.push(() => ok(...all))
      else ok(...all)
    }
    const { figures } = await drive(handler, {
      ms: 500,
      whileDriven: async () => {
        await sleep(1800)
        early = held.length
        await sleep(1200)
        isStalled = false
        waited = held.length
        for (const answer of held) answer()
      },
    })
    expect(figures.errors).toBe(0)
    expect(early).toBeGreaterThan(1.5 * rate)
    // Two seconds of buyers wait at once. Those of the third come afterwards, late, and none is left out.
    expect(waited).toBe(2 * rate)
    expect(figures.requests).toBeGreaterThan(3.2 * rate)
    expect(figures.p50).toBeGreaterThan(900)
    expect(figures.p99).toBeGreaterThan(2800)
    expect(figures.longestStallMs).toBeGreaterThan(2800)
  })

  test('an application that is gone for 3 s: each request of that time is an error, and those after it are answered', async ({
    expect,
  }) => {
    let answered = 0
    const handler: Handler = (...all) => {
      answered++
      ok(...all)
    }
    const { figures } = await drive(handler, {
      ms: 1000,
      whileDriven: async (server, port) => {
        server.close()
        server.closeAllConnections()
        await sleep(3000)
        answered = 0
        await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
      },
    })
    expect(figures.errors).toBeGreaterThanOrEqual(2.5 * rate)
    expect(figures.errors).toBeLessThanOrEqual(3.5 * rate)
    expect(textOf(figures)).toMatch(/ECONNREFUSED/)
    expect(answered).toBeGreaterThan(rate / 2)
  })

  test('do not spin when the application resets every connection', async ({ expect }) => {
    let isGone = false
    const handler: Handler = (request, response, body) => {
      if (isGone) request.socket.resetAndDestroy()
      else ok(request, response, body)
    }
    const { figures, asked } = await drive(handler, {
      ms: 1000,
      whileDriven: async () => {
        isGone = true
      },
    })
    expect(figures.errors).toBeGreaterThan(rate / 2)
    expect(figures.requests).toBe(asked)
    expect(asked).toBeLessThanOrEqual(2 * rate)
  })

  test('wait for what is on its way at the end', async ({ expect }) => {
    const slow: Handler = (request, response, body) => void setTimeout(() => ok(request, response, body), 900)
    const { figures, journal } = await drive(slow, { ms: 0 })
    expect(figures.requests).toBeGreaterThan(0)
    expect(figures.errors).toBe(0)
    expect([...journal.unknown]).toEqual([])
  })

  test('one purchase whose answer is lost is an error, and its outcome is unknown', async ({ expect }) => {
    let lost: string | undefined
    const handler: Handler = (request, response, body) => {
      if (lost !== undefined || body === '') return ok(request, response, body)
      lost = body
      request.socket.destroy()
    }
    const { figures, journal, asked } = await drive(handler, { ms: 1000 })
    expect(figures.errors).toBe(1)
    // Nothing is sent a second time: an application would make the purchase twice.
    expect(figures.requests).toBe(asked)
    expect([...journal.unknown].map(([purchase, reason]) => [JSON.stringify({ purchase }), reason])).toEqual([
      [lost, 'the connection was cut'],
    ])
    expect(journal.acknowledged.size).toBeGreaterThan(5)
  })

  test.for<[string, Handler, RegExp]>([
    ['500', (_, response) => response.writeHead(500).end('{"error":"gone"}'), /buy: 500: {"error":"gone"}/],
    ['a redirect', (_, response) => response.writeHead(302, { location: '/' }).end(), /look: 302/],
    ['no JSON', (_, response) => response.writeHead(200).end('<html>'), /the answer is no JSON: <html>/],
    ['a cut connection', (request) => request.socket.destroy(), /the connection was cut/],
    ['a reset connection', (request) => request.socket.resetAndDestroy(), /ECONNRESET/],
    ['no answer', () => {}, /no answer in 0.5 s/],
    [
      'no end of an answer',
      (_, response) => {
        response.writeHead(200, { 'content-length': 100 })
        response.write('{')
      },
      /no answer in 0.5 s/,
    ],
    [
      'a cut in the middle of an answer',
      (request, response) => {
        response.writeHead(200, { 'content-length': 100 })
        response.write('{')
        setTimeout(() => request.socket.destroy(), 20)
      },
      /the connection was cut/,
    ],
  ])('%s is an error each time', async ([, handler, says], { expect }) => {
    const { figures, journal, asked } = await drive(handler, { timeoutSeconds: 0.5 })
    expect(figures.requests).toBeGreaterThanOrEqual(10)
    // Nothing is sent a second time.
    expect(asked).toBeLessThanOrEqual(figures.requests)
    expect(figures.errors).toBe(figures.requests)
    expect(textOf(figures)).toMatch(says)
    expect(journal.acknowledged.size).toBe(0)
    expect(journal.unknown.size).toBeGreaterThan(0)
  })

  test.for<[string, string]>([
    ['an error', '{"status":"error","message":"Lock wait timeout exceeded"}'],
    ['another purchase', '{"purchase":"L-0"}'],
    ['nothing', '{}'],
  ])(
    'a purchase that is answered 200 with %s was not made, and that is an error',
    async ([, answer], { expect }) => {
      const handler: Handler = (request, response, body) => ok(request, response, body === '' ? '' : answer)
      const { figures, journal } = await drive(handler)
      const buying = figures.byRequest.find(({ request }) => request === 'buy')
      expect(buying?.requests).toBeGreaterThanOrEqual(5)
      expect(figures.errors).toBe(buying?.requests)
      const says = `200, but the answer does not name its purchase: ${answer}`
      expect(figures.messages).toEqual([{ message: `buy: ${says}`, count: figures.errors }])
      expect(journal.acknowledged.size).toBe(0)
      expect(journal.unknown.get('L-1')).toBe(says)
    },
  )
})
