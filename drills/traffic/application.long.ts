import { appendFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { runSuite } from '../../helpers/run/suite-process.ts'
import { expectRed } from '../support/faults/fault.ts'
import { drillDatabase, type Fixture, startMigratedFixture } from '../support/fixture.ts'

// The user's own application is a server of another process, so a plain one is as real as any.
type Handler = (request: IncomingMessage, response: ServerResponse) => void

let fixture: Fixture
let base: string
let answer: Handler
const asked: string[] = []
const folder = mkdtempSync(join(tmpdir(), 'drill-app-'))
const log = join(folder, 'app.log')
const server = createServer((request, response) => {
  asked.push(`${request.method} ${request.url}`)
  answer(request, response)
})
const good: Handler = (_, response) => response.end('{"events":[{"id":1}]}')

beforeAll(async () => {
  fixture = await startMigratedFixture()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  base = `127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
})
afterAll(async () => {
  server.closeAllConnections()
  server.close()
  rmSync(folder, { recursive: true })
  await fixture[Symbol.asyncDispose]()
})
beforeEach(() => {
  answer = good
  asked.length = 0
  rmSync(`${log}.1`, { force: true })
  writeFileSync(log, 'ERROR of yesterday\n')
})

const run = (variables: Record<string, string> = {}) =>
  fixture.run(['application'], {
    APP_BASE_URL: `http://${base}`,
    APP_LOG: log,
    APP_MAX_MS: '1500',
    ...variables,
  })

test('an application that answers is green; it is only read, and its endpoints are the guide`s', async () => {
  const outcome = await run()
  expect(outcome.red, outcome.tail).toEqual([])
  expect([...new Set(asked)]).toEqual(['GET /api/events', 'GET /api/events/featured'])
  const ids = outcome.summary?.checks.filter(({ status }) => status === 'passed').map(({ id }) => id)
  expect(ids).toEqual(['application.events', 'application.featured', 'application.log'])
})

describe('turns red when the application', () => {
  const both = ['application.events', 'application.featured']
  test.for<[string, Handler, readonly string[], RegExp]>([
    [
      'answers 500',
      (_, response) => response.writeHead(500).end('[]'),
      both,
      /APP_STATUS: GET \/api\/events answers 500/,
    ],
    [
      'answers 500 on one path',
      (request, response) =>
        request.url?.endsWith('featured') ? response.writeHead(500).end() : good(request, response),
      ['application.featured'],
      /APP_STATUS: GET \/api\/events\/featured answers 500/,
    ],
    ['answers with another shape', (_, response) => response.end('{"events":{}}'), both, /APP_SHAPE/],
    [
      'answers 200, and says that it failed',
      (_, response) => response.end('{"success":false,"message":"mysql://u:s3cret@h is down","errors":[]}'),
      both,
      /APP_SAYS_ERROR: GET \/api\/events answers 200, .*mysql:\/\/\(hidden\)@h is down/,
    ],
    ['answers with a page', (_, response) => response.end('<html>'), both, /APP_SHAPE/],
    [
      'is slow',
      (request, response) => void setTimeout(() => good(request, response), 1700),
      both,
      /APP_SLOW: .* APP_MAX_MS allows 1500/,
    ],
    ['cuts the connection', (request) => request.socket.destroy(), both, /APP_NO_ANSWER/],
    [
      'logs an error',
      (request, response) => {
        appendFileSync(log, 'ERROR boom mysql://u:s3cret@h/d\n')
        good(request, response)
      },
      ['application.log'],
      /APP_ERRORS_LOGGED: The application logged 4 errors since the run began:\s+ERROR boom mysql:\/\/\(hidden\)@h\/d/,
    ],
  ])('%s', async ([, handler, red, says]) => {
    answer = handler
    const outcome = await run()
    expectRed(outcome, { red, says })
    expect(JSON.stringify(outcome.summary)).not.toContain('s3cret')
    expect(outcome.output).not.toContain('s3cret')
  })

  test('is not there', async () => {
    expectRed(await run({ APP_BASE_URL: 'http://admin:s3cret@127.0.0.1:9' }), {
      red: both,
      says: /APP_NO_ANSWER: GET \/api\/events got no complete answer/,
    })
  })

  test('logs an error as the user tells errors', async () => {
    answer = (request, response) => {
      appendFileSync(log, 'E-42 boom\n')
      good(request, response)
    }
    const red = await run({ APP_LOG_ERRORS: '^E-' })
    expectRed(red, { red: ['application.log'], says: /logged 4 errors/ })
  })
})

describe('a log that is rotated while the run looks', () => {
  const rotatedInto = (begunAnew: string): Handler => {
    let isRotated = false
    return (request, response) => {
      if (!isRotated) {
        renameSync(log, `${log}.1`)
        writeFileSync(log, begunAnew)
      }
      isRotated = true
      good(request, response)
    }
  }

  test('is read from its new beginning', async () => {
    answer = rotatedInto('ERROR after the rotation\n')
    expectRed(await run(), {
      red: ['application.log'],
      says: /APP_ERRORS_LOGGED: The application logged 1 errors since the run began:\s+ERROR after the rotation/,
    })
  })

  test('is not called clean, because its old part was not read', async () => {
    answer = rotatedInto('INFO begun anew\n')
    const outcome = await run()
    expect(outcome.red, outcome.tail).toEqual([])
    expect(outcome.summary?.checks.find(({ id }) => id === 'application.log')).toMatchObject({
      status: 'skipped',
      reason: 'could not check: the log was rotated, and its old part was not read',
    })
  })
})

test('a log that is not there stops the run before it starts', async () => {
  const outcome = await run({ APP_LOG: join(folder, 'other.log') })
  expect(outcome.output).toMatch(/APP_LOG_UNREADABLE[\s\S]*FAILED {2}the run did not start/)
  expect(outcome.exitCode).not.toBe(0)
})

test('MODE=check asks it too, and no credential of its URL is shown', async () => {
  const { host, port, user } = fixture.engine.address
  const outcome = await runSuite([], {
    TARGET: 'mine',
    DATABASE_URL: `mysql://${user}:@${host}:${port}/${drillDatabase}`,
    ALLOW_PLAINTEXT: '1',
    MINIMUM_RELEASE: '7.5.0',
    REPORTS_DIR: join(folder, 'check'),
    APP_BASE_URL: `http://admin:s3cret@${base}`,
    APP_ENDPOINTS: '/api/events,/api/tickets?key=s3cret',
  })
  expect(outcome.red, outcome.tail).toEqual([])
  expect([...new Set(asked)]).toEqual(['GET /api/events', 'GET /api/tickets?key=s3cret'])
  const own = outcome.summary?.checks.filter(({ section }) => section === 'application')
  expect(own?.map(({ id, status }) => `${id} ${status}`)).toContain('application.tickets passed')
  expect(own?.find(({ id }) => id === 'application.purchases')?.reason).toMatch(/throw-away server only/)
  expect(JSON.stringify(outcome.summary)).not.toContain('s3cret')
  expect(outcome.output).not.toContain('s3cret')
})
