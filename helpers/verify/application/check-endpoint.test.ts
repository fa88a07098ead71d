import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { afterEach, describe, expect, test } from 'vitest'
import { ask } from './ask.ts'
import { checkEndpoint, nameEndpoints } from './check-endpoint.ts'

type Handler = (request: IncomingMessage, response: ServerResponse) => void
const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

const serve = (handler: Handler): Promise<string> => {
  const server = createServer(handler)
  closing.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve(`127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`)
    })
  })
}
const answers =
  (status: number, body: string): Handler =>
  (_, response) =>
    response.writeHead(status).end(body)
const check = async (handler: Handler, maxMs = 2000) =>
  checkEndpoint(`http://${await serve(handler)}`, '/api/events?key=s3cret', maxMs)

describe('an endpoint is fine', () => {
  test.for<[string, number]>([
    ['[]', 0],
    ['[1,2]', 2],
    ['{"events":[1]}', 1],
    ['{"ok":true,"data":{"events":[1,2,3],"tags":[]}}', 3],
    ['{"success":true,"error":null,"errors":[],"data":[1,2]}', 2],
    ['{"status":"success","message":"0 errors","events":[]}', 0],
    ['{"_embedded":{"events":[1]},"code":0}', 1],
    ['{"statusCode":200,"result":{"items":[1,2]}}', 2],
  ])('that answers %s', async ([body, items]) => {
    expect(await check(answers(200, body))).toMatchObject({ status: 200, items })
  })
})

describe('an endpoint is red', () => {
  test.for<[string, Handler, RegExp]>([
    ['500', answers(500, '[]'), /APP_STATUS: GET \/api\/events answers 500/],
    ['404', answers(404, '[]'), /APP_STATUS/],
    ['a redirect', answers(302, '[]'), /APP_STATUS: .* answers 302/],
    ['a page', answers(200, '<html>'), /APP_SHAPE/],
    ['nothing', answers(200, ''), /APP_SHAPE/],
    ['an object without a list', answers(200, '{"events":1}'), /APP_SHAPE/],
    ['a list too deep', answers(200, '{"data":{"page":{"events":[1]}}}'), /APP_SHAPE/],
    ['a list in another thing', answers(200, '{"debug":{"trace":["x"]}}'), /APP_SHAPE/],
    ['a list of errors only', answers(200, '{"errors":[]}'), /APP_SHAPE/],
    ['a list of errors as data', answers(200, '{"data":{"validationErrors":[]}}'), /APP_SHAPE/],
    ...[
      '{"success":false,"message":"database is down","errors":[]}',
      '{"success":false,"events":[]}',
      '{"ok":false,"events":[]}',
      '{"status":"error","events":[1]}',
      '{"status":"FAIL","data":[]}',
      '{"error":{"trace":["x"]}}',
      '{"error":"no database","events":[]}',
      '{"errors":["no database"],"events":[]}',
      '{"statusCode":500,"message":"internal error","data":[]}',
      '{"data":{"error":"no database","events":[]}}',
      '{"success":"false","events":[]}',
    ].map((body): [string, Handler, RegExp] => [
      `200 and ${body}`,
      answers(200, body),
      /APP_SAYS_ERROR: GET \/api\/events answers 200, and says that it failed: \{"/,
    ]),
    [
      'an error with a secret in it',
      answers(200, `{"error":"mysql://u:s3cret@h/d is down, password=s3cret","more":"${'x'.repeat(999)}"}`),
      /APP_SAYS_ERROR: .*mysql:\/\/\(hidden\)@h\/d is down, password=\(hidden\).{0,200}$/m,
    ],
    ['a string', answers(200, '"[]"'), /APP_SHAPE/],
    [
      'a cut',
      (request) => request.socket.destroy(),
      /APP_NO_ANSWER: GET \/api\/events got no complete answer: other side closed/,
    ],
    [
      'slowness',
      (_, response) => void setTimeout(() => response.end('[]'), 150),
      /APP_SLOW: .* took \d+ ms; APP_MAX_MS allows 100/,
    ],
  ])('that answers with %s', async ([, handler, says]) => {
    const failing = check(handler, 100)
    await expect(failing).rejects.toThrow(says)
    await expect(failing).rejects.not.toThrow(/s3cret/)
  })

  test('that hangs', async () => {
    const url = `http://${await serve(() => {})}`
    await expect(ask(url, '/a', 100)).rejects.toThrow(
      /APP_NO_ANSWER: GET \/a got no complete answer: none within 100 ms/,
    )
  })

  test('where nothing listens', async () => {
    await expect(ask('http://127.0.0.1:9', '/a')).rejects.toThrow(/APP_NO_ANSWER/)
  })
})

test('a name and a password in the URL are sent as such, and a path is kept', async () => {
  const seen: (string | undefined)[] = []
  const place = await serve((request, response) => {
    seen.push(request.url, request.headers.authorization)
    response.end('[]')
  })
  await ask(`http://admin:p%40ss@${place}/base/`, '/api/events')
  expect(seen).toEqual(['/base/api/events', `Basic ${Buffer.from('admin:p@ss').toString('base64')}`])
})

test('checks are named by the last part of a path, by the whole of it where two are alike', () => {
  expect(nameEndpoints(['/api/events', '/api/events/featured?n=1']).map(({ name }) => name)).toEqual([
    'events',
    'featured',
  ])
  expect(nameEndpoints(['/a/list', '/b/list', '/']).map(({ name }) => name)).toEqual([
    '/a/list',
    '/b/list',
    '/',
  ])
})
