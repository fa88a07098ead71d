import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { readBefore, recordBefore } from './before.ts'
import { once } from './memo.ts'
import { createRunFolder, RunFolder } from './run-folder.ts'
import { timed, timingShape, timingsFile } from './timings.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'harness-run-'))
})
afterEach(() => rmSync(root, { recursive: true }))

const now = new Date('2026-01-02T03:04:05.678Z')
const create = () => createRunFolder(join(root, 'made', 'reports'), 'embedded', 'rehearse', now)
const shape = z.object({ n: z.number() })

describe('the folder of a run', () => {
  test('is called by time, target and mode; latest leads to the newest', () => {
    const names = [create(), create(), create()].map(({ dir }) => basename(dir))
    expect(names).toEqual([
      '2026-01-02T03-04-05-embedded-rehearse',
      '2026-01-02T03-04-05-embedded-rehearse-2',
      '2026-01-02T03-04-05-embedded-rehearse-3',
    ])
    const latest = join(root, 'made', 'reports', 'latest')
    expect(readlinkSync(latest)).toBe(names[2])
    create().write('x.json', { n: 1 })
    expect(new RunFolder(latest).read('x.json', shape, 'x')).toEqual({ n: 1 })
  })

  test('follows a latest that leads nowhere', () => {
    rmSync(create().dir, { recursive: true })
    expect(() => create().write('x.json', {})).not.toThrow()
  })

  // The tests may run as root, for whom no folder is closed; a file in the way is a wall for all.
  test.each<[string, () => unknown, RegExp]>([
    [
      'the folder for reports is a file',
      () => createRunFolder(join(root, 'wall'), 'a', 'b'),
      /wall\/.*-a-b cannot be written: EEXIST/,
    ],
    [
      'the folder for reports is in a file',
      () => createRunFolder(join(root, 'wall', 'in'), 'a', 'b'),
      /ENOTDIR/,
    ],
    ['latest is a folder', () => createRunFolder(join(root, 'kept'), 'a', 'b'), /REPORT_NOT_WRITTEN/],
    [
      'write',
      () => new RunFolder(join(root, 'wall')).write('x.json', {}),
      /wall\/x\.json cannot be written: ENOTDIR/,
    ],
    [
      'append',
      () => new RunFolder(join(root, 'gone')).append('x.jsonl', {}),
      /gone\/x\.jsonl cannot be written: ENOENT/,
    ],
    [
      'write where a folder is',
      () => new RunFolder(join(root, 'kept')).write('latest', {}),
      /REPORT_NOT_WRITTEN/,
    ],
  ])('cannot be written to: %s', (_, write, says) => {
    writeFileSync(join(root, 'wall'), '')
    mkdirSync(join(root, 'kept', 'latest'), { recursive: true })
    writeFileSync(join(root, 'kept', 'latest', 'x'), 'x')
    expect(write).toThrow(/^REPORT_NOT_WRITTEN: [\s\S]*Nothing is changed on a server[\s\S]*REPORTS_DIR/)
    expect(write).toThrow(says)
    expect(readFileSync(join(root, 'kept', 'latest', 'x'), 'utf8')).toBe('x')
  })
})

describe('what a section leaves', () => {
  test('is read as it was written, the last one counts', () => {
    const run = create()
    expect(run.has('x.json')).toBe(false)
    run.write('x.json', { n: 1 })
    run.write('x.json', { n: 2 })
    expect(run.has('x.json')).toBe(true)
    expect(new RunFolder(run.dir).read('x.json', shape, 'indexes')).toEqual({ n: 2 })
    expect(run.has('x.json.part')).toBe(false)
  })

  test('a value that cannot be written leaves the old one', () => {
    const run = create()
    run.write('x.json', { n: 1 })
    expect(() => run.write('x.json', { n: 1n })).toThrow(/REPORT_NOT_WRITTEN/)
    expect(run.read('x.json', shape, 'indexes')).toEqual({ n: 1 })
  })

  test('that did not run is SECTION_MISSING, with the command that helps', () => {
    expect(() => create().read('x.json', shape, 'indexes')).toThrow(
      /^SECTION_MISSING: The section indexes has not run to its end[\s\S]*it leaves x\.json[\s\S]*next: Run the whole suite: npx vitest run$/,
    )
    expect(() => readBefore(create())).toThrow(/SECTION_MISSING: The section preflight/)
  })

  test('of another shape is no answer', () => {
    const run = create()
    run.write('x.json', { n: 'one' })
    expect(() => run.read('x.json', shape, 'indexes')).toThrow(z.ZodError)
  })

  test('of before comes back whole', () => {
    const before = {
      schema: { tables: [], views: [] },
      switchOn: true,
      rows: [{ table: 'Ủ', rows: 3, hash: '1-2' }],
    }
    const run = create()
    recordBefore(run, before)
    expect(readBefore(run)).toEqual(before)
  })
})

describe('lines', () => {
  test('come in the order of writing; none before the first', () => {
    const run = create()
    expect(run.lines('x.jsonl', shape)).toEqual([])
    run.append('x.jsonl', { n: 1 })
    run.append('x.jsonl', { n: 2, text: 'a\nb' })
    expect(run.lines('x.jsonl', z.unknown())).toEqual([{ n: 1 }, { n: 2, text: 'a\nb' }])
  })

  test.each<[string, string | Uint8Array]>([
    ['in the middle', '{"n":'],
    ['before its end', '{"n":3}'],
    ['in a character', Buffer.from('{"n":"ủ').subarray(0, -1)],
  ])('that a kill has cut %s are left out', (_, cut) => {
    const run = create()
    run.append('x.jsonl', { n: 1 })
    appendFileSync(run.path('x.jsonl'), cut)
    expect(run.lines('x.jsonl', shape)).toEqual([{ n: 1 }])
    // The next run writes on: the torn line must swallow nothing.
    run.append('x.jsonl', { n: 4 })
    expect(run.lines('x.jsonl', shape)).toEqual(expect.arrayContaining([{ n: 1 }, { n: 4 }]))
  })

  test('of another shape are no answer', () => {
    const run = create()
    run.append('x.jsonl', { n: 'one' })
    expect(() => run.lines('x.jsonl', shape)).toThrow(z.ZodError)
  })
})

test('a part of the run is timed when it ends, and not when it fails', async () => {
  const run = create()
  expect(await timed(run, 'one', async () => 'result')).toBe('result')
  await expect(timed(run, 'two', () => Promise.reject(new Error('boom')))).rejects.toThrow('boom')
  expect(run.lines(timingsFile, timingShape)).toEqual([{ part: 'one', durationMs: expect.any(Number) }])
})

test('what is made once is made once, for callers at the same time too', async () => {
  let made = 0
  const make = once(async () => ++made)
  expect(await Promise.all([make(), make()])).toEqual([1, 1])
  expect(await make()).toBe(1)
})
