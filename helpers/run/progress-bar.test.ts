import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { readProgress, recordProgress, type ShownProgress } from '../core/record/progress-file.ts'
import { RunFolder } from '../core/record/run-folder.ts'
import { barLine, drawBar } from './progress-bar.ts'

const erase = '\r\u001B[2K'

describe('the line', () => {
  test('shows a bar and a percentage', () => {
    expect(barLine({ text: 'step 1 of 4', fraction: 0.25 }, 80)).toBe(
      '  [######------------------] 25 %  step 1 of 4',
    )
    expect(barLine({ text: 't', fraction: 1.7 }, 80)).toBe('  [########################] 100 %  t')
    expect(barLine({ text: 't', fraction: 0 }, 80)).toBe('  [------------------------] 0 %  t')
  })

  test('has no bar where the whole is not known', () => {
    expect(barLine({ text: 'step 1 of 4' }, 80)).toBe('  step 1 of 4')
  })

  test('never wraps', () => {
    expect(barLine({ text: 'x'.repeat(200), fraction: 0.5 }, 40)).toHaveLength(39)
    expect(barLine({ text: 'x' }, 0)).toBe('')
  })
})

describe('on a terminal', () => {
  beforeEach(() => vi.useFakeTimers())
  afterEach(() => vi.useRealTimers())

  const open = () => {
    const written: string[] = []
    const stream = () =>
      new Writable({
        decodeStrings: false,
        write: (chunk, _, done) => {
          written.push(String(chunk))
          done()
        },
      })
    const output = Object.assign(stream(), { columns: 80 })
    const other = stream()
    let progress: ShownProgress | undefined = { text: 'one' }
    const bar = drawBar({ output, streams: [output, other] }, () => progress)
    return {
      bar,
      output,
      other,
      show: (next: ShownProgress | undefined) => {
        progress = next
        vi.advanceTimersByTime(500)
      },
      /** What was written since it was last asked. */
      seen: () => written.splice(0).join(''),
    }
  }

  test('is drawn over itself, and is gone when there is none', () => {
    const { show, seen } = open()
    show({ text: 'one' })
    expect(seen()).toBe('  one')
    show({ text: 'two' })
    expect(seen()).toBe(`${erase}  two`)
    show(undefined)
    expect(seen()).toBe(erase)
    show(undefined)
    expect(seen()).toBe('')
  })

  test('what others write goes above it, by whatever stream', () => {
    const { show, seen, output, other } = open()
    show({ text: 'one' })
    output.write('a line\n')
    other.write('another\n')
    expect(seen()).toBe(`  one${erase}a line\nanother\n`)
    show({ text: 'one' })
    expect(seen()).toBe('  one')
  })

  test('is not drawn into the middle of a line', () => {
    const { show, seen, output } = open()
    output.write('half')
    show({ text: 'one' })
    expect(seen()).toBe('half')
    output.write(' a line\n')
    show({ text: 'one' })
    expect(seen()).toBe(' a line\n  one')
  })

  test('leaves the streams as they were', () => {
    const { bar, show, seen, output } = open()
    show({ text: 'one' })
    bar[Symbol.dispose]()
    show({ text: 'two' })
    output.write('end\n')
    expect(seen()).toBe(`  one${erase}end\n`)
  })
})

describe('the progress in the run`s folder', () => {
  test('is read as it was written, until its end or until it is old', () => {
    const dir = mkdtempSync(join(tmpdir(), 'test-progress-'))
    const run = new RunFolder(dir)
    expect(readProgress(run)).toBeUndefined()
    recordProgress(run, { text: 'one', fraction: 0.5 })
    expect(readProgress(run)).toEqual({ text: 'one', fraction: 0.5 })
    expect(readProgress(run, Date.now() + 16_000)).toBeUndefined()
    recordProgress(run, undefined)
    expect(readProgress(run)).toBeUndefined()
    rmSync(dir, { recursive: true })
  })
})
