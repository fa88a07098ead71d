import { existsSync, mkdtempSync, readdirSync, rmSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { loseIndexEntries } from '../../../../drills/support/faults/lose-index-entries.ts'
import { until } from '../../../../drills/support/until.ts'
import { inProject } from '../../config/project.ts'
import { findEngineBinary } from '../embedded/binary.ts'
import type { Engine } from '../embedded/engine.ts'
import { startEngineFor } from '../start.ts'
import { assertThrowAway } from '../throw-away.ts'
import { openWriteSession } from '../write-session.ts'
import { listEntries, preparedFolder } from './entries.ts'
import type { Preparation } from './preparation.ts'
import { prepareServer } from './prepare-server.ts'

// Each prepares a server or two, and one waits for the lease of a killed process.
vi.setConfig({ testTimeout: 120_000 })

let cache: string
let settings: { TIDB_SERVER_BIN: string; ENGINE_CACHE: string; PREPARED_GB: number }
let prepared = 0
const said: string[] = []
const say = (line: string) => said.push(line)

const shop: Preparation = {
  about: 'a shop',
  inputs: { rows: '3' },
  figures: z.object({ rows: z.literal(3) }),
  fill: async (server) => {
    prepared++
    await using session = await openWriteSession(server)
    await session.script(
      'CREATE DATABASE shop; CREATE TABLE shop.orders (id INT PRIMARY KEY AUTO_INCREMENT, KEY at (id));' +
        ' INSERT INTO shop.orders VALUES (1), (2), (3); ANALYZE TABLE shop.orders; SET GLOBAL tidb_enable_check_constraint = ON',
    )
    return { rows: 3 }
  },
}

const start = async (): Promise<Engine> =>
  startEngineFor(settings, say, {}, await prepareServer(settings, shop, say))

const rowsOf = async (engine: Engine): Promise<number> => {
  await using session = await openWriteSession(engine)
  return (await session.row(z.object({ n: z.number() }), 'SELECT COUNT(*) AS n FROM shop.orders')).n
}

beforeEach(async () => {
  cache = mkdtempSync(join(tmpdir(), 'prepared-cache-'))
  const from = { TIDB_SERVER_BIN: process.env['TIDB_SERVER_BIN'], ENGINE_CACHE: process.env['ENGINE_CACHE'] }
  const binary = await findEngineBinary(from, () => {})
  settings = { TIDB_SERVER_BIN: binary?.path ?? '', ENGINE_CACHE: cache, PREPARED_GB: 1 }
  prepared = 0
  said.length = 0
})
afterEach(() => rmSync(cache, { recursive: true, force: true }))

test('the second server starts on a copy: its rows and settings, a token of its own, and a life of its own', async () => {
  await using first = await start()
  expect(prepared).toBe(1)
  await using second = await start()
  expect(prepared).toBe(1)
  expect(await rowsOf(second)).toBe(3)
  await using session = await openWriteSession(second)
  const shape = z.object({ on: z.number() })
  expect(await session.row(shape, 'SELECT @@GLOBAL.tidb_enable_check_constraint AS `on`')).toEqual({ on: 1 })
  await session.run('DELETE FROM shop.orders')
  expect(await rowsOf(first)).toBe(3)

  expect(second.token).not.toBe(first.token)
  const refused = { code: 'NOT_THROW_AWAY' }
  await expect(assertThrowAway({ address: first.address, token: second.token })).rejects.toMatchObject(
    refused,
  )
  await expect(assertThrowAway({ address: second.address, token: first.token })).rejects.toMatchObject(
    refused,
  )
  const folder = second.dataDir
  await second.stop()
  expect(existsSync(folder)).toBe(false)
  await using third = await start()
  expect(await rowsOf(third)).toBe(3)
})

test('a torn entry is dropped, and prepared again', async () => {
  await (await start()).stop()
  const [entry] = await listEntries(preparedFolder(cache))
  const largest = entry?.manifest.files.toSorted((a, b) => b.bytes - a.bytes)[0]
  truncateSync(join(entry?.path ?? '', 'data', largest?.path ?? ''), 1_000)
  await using again = await start()
  expect(said.join('\n')).toMatch(/is damaged \(.* has 1000 bytes instead of \d+\); it is dropped/)
  expect(prepared).toBe(2)
  expect(await rowsOf(again)).toBe(3)
})

test('two processes at once prepare once', async () => {
  const script = inProject('drills/support/test-prepare.ts')
  const env = { CACHE: cache, BINARY: settings.TIDB_SERVER_BIN }
  const ran = await Promise.all([1, 2].map(() => execa(process.execPath, [script], { env })))
  const outputs = ran.map(({ stdout }) => stdout)
  expect(outputs.filter((text) => text.includes('filling'))).toHaveLength(1)
  expect(outputs.filter((text) => text.includes('prepared earlier'))).toHaveLength(1)
  expect(await listEntries(preparedFolder(cache))).toHaveLength(1)
})

test('a process that is killed while it prepares leaves nothing that is trusted, nor a server', async () => {
  const script = inProject('drills/support/test-prepare.ts')
  const child = execa(process.execPath, [script], {
    env: { CACHE: cache, BINARY: settings.TIDB_SERVER_BIN, STAY: '1' },
    reject: false,
  })
  let pid = 0
  let folder = ''
  for await (const line of child.iterable()) {
    const found = /^filling (\d+) (.*)$/.exec(line)
    if (found === null) continue
    pid = Number(found[1])
    folder = found[2] ?? ''
    child.kill('SIGKILL')
  }
  await child
  await until('the folder of the killed process to go', () => !existsSync(folder), 10_000)
  expect(() => process.kill(pid, 0)).toThrow('ESRCH')
  expect(await listEntries(preparedFolder(cache))).toEqual([])
  // The lease of the killed process is taken over when it is stale.
  await using engine = await start()
  expect(await rowsOf(engine)).toBe(3)
})

test('with PREPARED_GB=0, or where the cache cannot be written, nothing is kept and the server starts all the same', async () => {
  settings = { ...settings, PREPARED_GB: 0 }
  expect(await prepareServer(settings, shop, say)).toBeUndefined()
  expect(readdirSync(cache)).toEqual([])
  settings = { ...settings, PREPARED_GB: 1, ENGINE_CACHE: join(settings.TIDB_SERVER_BIN, 'no-folder') }
  expect(await prepareServer(settings, shop, say)).toBeUndefined()
  expect(said.at(-1)).toContain('nothing can be kept in')
  await using engine = await startEngineFor(settings, say)
  await assertThrowAway(engine)
})

test('a server whose own tables were torn when it ended is not kept', async () => {
  const torn: Preparation = {
    ...shop,
    fill: async (server) => {
      const figures = await shop.fill(server)
      await using session = await openWriteSession(server, 'mysql')
      const { id } = await session.row(
        z.object({ id: z.number() }),
        'SELECT table_id AS id FROM stats_top_n ORDER BY table_id DESC LIMIT 1',
      )
      await loseIndexEntries(session, { table: 'stats_top_n', index: 'tbl', value: id })
      return figures
    },
  }
  expect(await prepareServer(settings, torn, say)).toBeUndefined()
  expect(said).toContainEqual('the server lost a part of stats_top_n when it ended, so a shop is not kept')
  expect(await listEntries(preparedFolder(cache))).toEqual([])
})
