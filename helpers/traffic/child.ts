import { spawn } from 'node:child_process'
import { resolve as absolute, relative } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import type { z } from 'zod'
import { HarnessError } from '../core/errors/harness-error.ts'

/** A process that the harness started. Disposing closes its standard input, and kills it by its own id when it stays. */
export interface Child extends AsyncDisposable {
  readonly pid: number
  /** Sends one message. Does nothing when the process has ended. */
  say(message: unknown): void
  /** The next message. Throws CHILD_ENDED, with the end of what the process said, when it ends first. */
  next<T>(shape: z.ZodType<T>): Promise<T>
  /** How it ended, in words; undefined while it runs. */
  end(): string | undefined
  /** Settles when it ends. */
  readonly ended: Promise<void>
}

const patienceMs = 5000
const keptLines = 10

// Neither the settings, which may hold a password, nor what vitest tells its workers are a child's business.
const inherited = ['PATH', 'HOME', 'TMPDIR', 'TEMP', 'TMP', 'SystemRoot']
const environment = () =>
  Object.fromEntries(
    inherited.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  )

/** Starts a TypeScript file as a process of its own and sends it its first message. */
export const startChild = (file: string, first: unknown): Child => {
  const child = spawn(process.execPath, [file], { stdio: ['pipe', 'pipe', 'pipe'], env: environment() })
  const messages: unknown[] = []
  const waiting: (() => void)[] = []
  const lastLines: string[] = []
  let end: string | undefined
  const wake = () => {
    for (const go of waiting.splice(0)) go()
  }
  const over = (how: string) => {
    end ??= how
    wake()
  }
  createInterface({ input: child.stdout }).on('line', (line) => {
    messages.push(JSON.parse(line))
    wake()
  })
  createInterface({ input: child.stderr }).on('line', (line) => {
    lastLines.push(line.slice(0, 300))
    if (lastLines.length > keptLines) lastLines.shift()
  })
  const ended = new Promise<void>((resolve) => {
    const settle = (how: string) => {
      over(how)
      resolve()
    }
    child.once('error', ({ message }) => settle(message))
    child.once('close', (code, signal) => settle(signal === null ? `exit code ${code}` : `${signal}`))
  })
  // What is sent to a process that has just ended is lost, and `end` tells why.
  child.stdin.on('error', () => {})
  const say = (message: unknown) => void child.stdin.write(`${JSON.stringify(message)}\n`)
  say(first)
  return {
    pid: child.pid ?? 0,
    say,
    ended,
    end: () => end,
    next: async (shape) => {
      for (;;) {
        if (messages.length > 0) return shape.parse(messages.shift())
        if (end !== undefined) {
          throw new HarnessError('CHILD_ENDED', {
            what: `${relative(absolute('.'), file)} ended before it answered: ${end}.`,
            why: lastLines.length === 0 ? 'It said nothing.' : `It said:\n    ${lastLines.join('\n    ')}`,
            next: 'Fix what it says, or set TRAFFIC=off to rehearse without an application.',
          })
        }
        await new Promise<void>((resolve) => waiting.push(resolve))
      }
    },
    [Symbol.asyncDispose]: async () => {
      child.stdin.end()
      await Promise.race([ended, sleep(patienceMs, undefined, { ref: false })])
      if (end === undefined) child.kill('SIGKILL')
      await ended
    },
  }
}
