import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { asideOf, boundEntries, clearEntries, listEntries, listLeftovers } from './entries.ts'
import { copyEntry, keepEntry } from './keep.ts'
import { leaseEntry } from './lease.ts'
import { cacheKeyOf, preparedManifestFile } from './manifest.ts'

const room = 10_000_000
let work: string
let folder: string
let data: string
const said: string[] = []
const say = (line: string) => said.push(line)

beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), 'keep-'))
  folder = join(work, 'prepared')
  data = join(work, 'data')
  mkdirSync(folder)
  mkdirSync(join(data, 'kv'), { recursive: true })
  writeFileSync(join(data, 'kv/1.sst'), 'rows')
  said.length = 0
})
afterEach(() => rmSync(work, { recursive: true }))

const keep = async (about: string, maxBytes = room): Promise<string> => {
  const inputs = { about }
  const path = join(folder, cacheKeyOf(inputs))
  const facts = { about, inputs, preparedAt: new Date().toISOString(), durationMs: 1, figures: { rows: 7 } }
  await keepEntry(path, data, facts, maxBytes)
  return path
}
const figures = z.object({ rows: z.number() })
const names = async () => (await listEntries(folder)).map(({ manifest }) => manifest.about)
const usedAt = (path: string, seconds: number) =>
  utimesSync(join(path, preparedManifestFile), seconds, seconds)

test('a copy holds what was kept, and is a folder of its own', async () => {
  const path = await keep('one')
  const copy = await copyEntry(path, figures, say)
  expect(readFileSync(join(copy?.dataDir ?? '', 'data/kv/1.sst'), 'utf8')).toBe('rows')
  expect(copy?.manifest.figures).toEqual({ rows: 7 })
  writeFileSync(join(copy?.dataDir ?? '', 'data/kv/1.sst'), 'other')
  const second = await copyEntry(path, figures, say)
  expect(readFileSync(join(second?.dataDir ?? '', 'data/kv/1.sst'), 'utf8')).toBe('rows')
  expect(said).toEqual([])
})

test.each<[string, (path: string) => void]>([
  ['a truncated file', (path) => truncateSync(join(path, 'data/kv/1.sst'), 2)],
  ['a changed file', (path) => writeFileSync(join(path, 'data/kv/1.sst'), 'rowz')],
  ['a file that is gone', (path) => rmSync(join(path, 'data/kv/1.sst'))],
  ['no data', (path) => rmSync(join(path, 'data'), { recursive: true })],
  ['no manifest', (path) => rmSync(join(path, preparedManifestFile))],
  ['half a manifest', (path) => truncateSync(join(path, preparedManifestFile), 40)],
  [
    'other figures',
    (path) => {
      const text = readFileSync(join(path, preparedManifestFile), 'utf8')
      writeFileSync(join(path, preparedManifestFile), text.replace('"rows": 7', '"rows": 8'))
    },
  ],
  [
    'the manifest of another',
    (path) => {
      const text = readFileSync(join(path, preparedManifestFile), 'utf8')
      writeFileSync(join(path, preparedManifestFile), text.replace('"about": "one"\n', '"about": "two"\n'))
    },
  ],
])('an entry with %s is dropped, and said to be', async (_, doDamage) => {
  const path = await keep('one')
  doDamage(path)
  expect(await copyEntry(path, figures, say)).toBeUndefined()
  expect(said).toEqual([expect.stringContaining('is damaged')])
  expect(existsSync(path)).toBe(false)
})

test('an entry whose figures nobody can read any more is dropped', async () => {
  const path = await keep('one')
  expect(await copyEntry(path, z.object({ lines: z.number() }), say)).toBeUndefined()
  expect(said).toEqual([expect.stringContaining('is damaged')])
  expect(existsSync(path)).toBe(false)
})

const leaveHalf = (path: string): string => {
  const left = asideOf(path)
  mkdirSync(join(left, 'data'), { recursive: true })
  writeFileSync(join(left, 'data/1.sst'), 'x'.repeat(20_000))
  return left
}

test('what a killed process left is never taken, and goes when nobody makes it', async () => {
  const path = await keep('one')
  const left = leaveHalf(path)
  const release = await leaseEntry(path, 'one', say)
  expect(await listLeftovers(folder)).toMatchObject([{ path: left, state: 'being made' }])
  await boundEntries(folder, room, path)
  expect(existsSync(left)).toBe(true)
  await release()
  expect(await listLeftovers(folder)).toMatchObject([{ path: left, state: 'half made' }])
  await boundEntries(folder, room, path)
  expect(existsSync(left)).toBe(false)
  expect(await names()).toEqual(['one'])
})

test('what others are making takes room', async () => {
  usedAt(await keep('one'), 1_000)
  const path = await keep('two')
  leaveHalf(join(folder, 'other'))
  const release = await leaseEntry(join(folder, 'other'), 'other', say)
  await boundEntries(folder, 10_000, path)
  expect(await names()).toEqual(['two'])
  await release()
})

test('a damaged entry is listed with what it takes on the disk, and goes when the next is kept', async () => {
  const damaged = await keep('one')
  writeFileSync(join(damaged, 'data/kv/1.sst'), 'x'.repeat(20_000))
  writeFileSync(join(damaged, preparedManifestFile), '{')
  const [item] = await listLeftovers(folder)
  expect(item).toMatchObject({ path: damaged, state: 'damaged' })
  expect(item?.bytes).toBeGreaterThanOrEqual(20_000)
  await boundEntries(folder, room, await keep('two'))
  expect(existsSync(damaged)).toBe(false)
})

test('the entries used longest ago go first when there is no room', async () => {
  for (const [index, about] of ['one', 'two', 'three'].entries()) usedAt(await keep(about), 1_000 + index)
  await copyEntry(join(folder, cacheKeyOf({ about: 'one' })), figures, say)
  const last = await keep('four')
  await boundEntries(folder, 12, last)
  expect((await names()).toSorted()).toEqual(['four', 'one', 'three'])
  await boundEntries(folder, 4, last)
  expect(await names()).toEqual(['four'])
})

test('what is larger than the room is not kept', async () => {
  await keep('one', 3)
  expect(await names()).toEqual([])
})

test('the space that the store only reserved is not kept', async () => {
  const log = join(data, 'kv/0.vlog')
  writeFileSync(log, 'log')
  truncateSync(log, 9 << 20)
  const path = await keep('one')
  const kept = join(path, 'data/kv/0.vlog')
  expect(statSync(kept).size).toBeLessThanOrEqual(2 << 20)
  expect(readFileSync(kept).subarray(0, 3).toString()).toBe('log')
  expect(statSync(log).size).toBe(9 << 20)
})

test('clear takes all away, the damaged ones too', async () => {
  await keep('one')
  rmSync(join(await keep('two'), preparedManifestFile))
  expect(await clearEntries(folder)).toBe(2)
  expect(await names()).toEqual([])
})

test('clear takes away free locks and half made entries, and leaves alone what is being made', async () => {
  const [free, taken] = [join(folder, 'free'), join(folder, 'taken')]
  mkdirSync(`${free}.lock`)
  utimesSync(`${free}.lock`, 1, 1)
  leaveHalf(free)
  const left = leaveHalf(taken)
  const release = await leaseEntry(taken, 'taken', say)
  expect(await clearEntries(folder)).toBe(1)
  expect(readdirSync(folder).toSorted()).toEqual([basename(left), 'taken.lock'].toSorted())
  await release()
})
