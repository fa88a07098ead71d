import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { pollUntil } from '../async/poll-until.ts'
import { withParent } from './with-parent.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'with-parent-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
const untilGone = (isThere: () => boolean) => pollUntil(() => !isThere(), { everyMs: 20, limitMs: 20_000 })

// Long enough, and no process is left for ever by a test that fails.
const forAMinute = ['-e', 'setTimeout(() => {}, 60_000)']

/** Starts the code as a process that is a parent, and returns it with the process id that it prints. */
const startParent = async (code: string): Promise<{ parent: ChildProcess; pid: number }> => {
  const parent = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [chunk] = await once(parent.stdout, 'data')
  return { parent, pid: Number(/\d+/.exec(String(chunk))?.[0]) }
}

const parentOfProgram = (options: object) => {
  const args = withParent(process.execPath, forAMinute, options)
  return `import { spawn } from 'node:child_process'
    const child = spawn(process.execPath, ${JSON.stringify(args)}, { stdio: ['pipe', 'inherit', 'inherit'], detached: true })`
}

describe.each(['SIGKILL', 'SIGTERM'] as const)('when the parent process is ended by %s', (signal) => {
  test('a program ends too, and its folder is removed', async () => {
    const data = join(folder, 'data')
    writeFileSync(data, '')
    const { parent, pid } = await startParent(parentOfProgram({ cwd: folder, remove: data }))
    expect(isAlive(pid)).toBe(true)
    expect(existsSync(data)).toBe(true)
    parent.kill(signal)
    expect(await untilGone(() => isAlive(pid) || existsSync(data))).toBe(true)
  })

  test('a process of our own ends too', async () => {
    const file = join(import.meta.dirname, 'parent-end.ts')
    const child = `import { whenParentEnds } from ${JSON.stringify(file)}
      setTimeout(() => {}, 60_000)
      whenParentEnds(() => process.exit(0))
      console.log(process.pid)`
    const { parent, pid } = await startParent(`import { spawn } from 'node:child_process'
      spawn(process.execPath, ['--input-type=module', '-e', ${JSON.stringify(child)}], { stdio: ['pipe', 'inherit', 'inherit'] })`)
    expect(isAlive(pid)).toBe(true)
    parent.kill(signal)
    expect(await untilGone(() => isAlive(pid))).toBe(true)
  })
})

/** Runs a program to its end. */
const run = async (program: string, args: readonly string[], input?: number) => {
  const child = spawn(process.execPath, withParent(program, args, { hasInput: input !== undefined }), {
    stdio: ['pipe', 'pipe', 'pipe', input ?? 'ignore'],
  })
  if (child.stdout === null || child.stderr === null) throw new Error('no pipe')
  const [said, errors, [code, signal]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ])
  return { said, errors, code, signal }
}

test('its end is the end of the program, and what it says on standard error is heard', async () => {
  const failing = await run(process.execPath, [
    '-e',
    'console.log("lost"); console.error("bad"); process.exit(7)',
  ])
  expect(failing).toMatchObject({ errors: 'bad\n', code: 7, signal: null })
  expect(failing.said).toMatch(/^pid \d+\n$/)
  const killed = await run(process.execPath, ['-e', 'process.kill(process.pid, "SIGTERM")'])
  expect(killed).toMatchObject({ code: null, signal: 'SIGTERM' })
})

test('the fourth file is what the program reads', async () => {
  const input = join(folder, 'input')
  writeFileSync(input, 'process.exit(9)')
  expect(await run(process.execPath, ['-'], openSync(input, 'r'))).toMatchObject({ code: 9 })
})

test('options of the program stay its own', async () => {
  const shown = await run(process.execPath, [
    '-e',
    'console.error(process.argv.slice(1).join())',
    '--',
    '--cwd=x',
  ])
  expect(shown.errors).toBe('--cwd=x\n')
})

test('a program that is not there is told', async () => {
  const none = await run(join(folder, 'none'), [])
  expect(none.said).toMatch(/^failed spawn .*none ENOENT\n$/)
  expect(none.errors).toContain('ENOENT')
  expect(none).toMatchObject({ code: 127 })
})
