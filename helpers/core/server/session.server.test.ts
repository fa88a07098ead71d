import { afterEach, expect, test } from 'vitest'
import { z } from 'zod'
import { startProxy } from '../../../drills/support/proxy.ts'
import { withDatabase } from '../../../drills/support/test-server.ts'
import { isTimeout } from '../errors/server-error.ts'
import { openRawWriteSession, openReadSession, type SessionOptions } from './session.ts'
import { openWriteSession } from './write-session.ts'

const globals = ['autocommit', 'sql_select_limit', 'sql_mode', 'time_zone']
afterEach(async () => {
  await using database = await withDatabase('Restored')
  await using session = await openRawWriteSession(database.address)
  for (const name of globals) await session.run(`SET GLOBAL ${name} = DEFAULT`)
})

test("a server's own autocommit, sql_select_limit, sql_mode and time zone reach no session of ours", async () => {
  await using database = await withDatabase('Session')
  await using admin = await openRawWriteSession(database.address)
  await admin.run(
    "SET GLOBAL autocommit = OFF, sql_select_limit = 1, sql_mode = 'ANSI_QUOTES', time_zone = '-11:00'",
  )
  await using session = await openReadSession(database.address)
  const rows = await session.rows(z.object({ n: z.number() }), 'SELECT 1 AS n UNION ALL SELECT 2 ORDER BY n')
  expect(rows).toEqual([{ n: 1 }, { n: 2 }])
  const found = await session.row(
    z.object({ commits: z.number(), zone: z.string(), quoted: z.string() }),
    'SELECT @@autocommit AS commits, @@time_zone AS zone, "text" AS quoted',
  )
  expect(found).toEqual({ commits: 1, zone: '+00:00', quoted: 'text' })
})

test('a statement that brings no answer is given up 2 s after its limit', async () => {
  await using database = await withDatabase('Slow')
  await using proxy = await startProxy(database.address.port)
  await using session = await openReadSession(
    { ...database.address, port: proxy.port },
    { statementSeconds: 1 },
  )
  proxy.hold()
  await expect(session.rows(z.unknown(), 'ADMIN CHECK TABLE none')).rejects.toSatisfy(isTimeout)
})

test('a statement that is given up does not go on at the server', async () => {
  await using database = await withDatabase('Left')
  await using writer = await openWriteSession(database.server)
  const table = `\`${database.address.database}\`.Many`
  await writer.run(`CREATE TABLE ${table} (n INT)`)
  await writer.run(
    `INSERT INTO ${table} VALUES ${Array.from({ length: 3000 }, (_, n) => `(${n})`).join(', ')}`,
  )
  await using other = await openReadSession(database.address)
  const running = async () => {
    const found = await other.rows(
      z.object({ id: z.number() }),
      "SELECT ID AS id FROM information_schema.processlist WHERE INFO LIKE '%given_up%' AND ID <> CONNECTION_ID()",
    )
    return found.length
  }
  await using session = await openReadSession(database.address, { statementSeconds: 1 })
  // As ADMIN CHECK TABLE, which knows no max_execution_time.
  await session.setSession('max_execution_time', 0)
  const sql = "SELECT COUNT(a.n + b.n + c.n), 'given_up' FROM Many a, Many b, Many c"
  const given = session.rows(z.unknown(), sql)
  await expect(given).rejects.toSatisfy(isTimeout)
  await expect.poll(running, { timeout: 5000 }).toBe(0)
})

test('whoever reads without a limit does not get the one of the server', async () => {
  await using database = await withDatabase('Limit')
  await using administrator = await openWriteSession(database.server)
  const limit = z.object({ ms: z.coerce.number() })
  const limitOf = async (options?: SessionOptions) => {
    await using session = await openReadSession(database.address, options)
    return (await session.row(limit, 'SELECT @@max_execution_time AS ms')).ms
  }
  await administrator.run('SET GLOBAL max_execution_time = 90000')
  try {
    expect([await limitOf(), await limitOf({ statementSeconds: 7 })]).toEqual([0, 7_000])
  } finally {
    await administrator.run('SET GLOBAL max_execution_time = 0')
  }
})
