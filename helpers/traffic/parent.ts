import { createInterface } from 'node:readline'
import { whenParentEnds } from '../core/process/parent-end.ts'

/** The harness, as a process that it started sees it: one JSON value a line on both streams. */
export interface Parent {
  /** The next message. The process ends when the harness has none left to send. */
  next(): Promise<unknown>
  say(message: unknown): void
}

/** Opens the way to the harness. From now on this process ends as soon as its standard input closes. */
export const openParent = (): Parent => {
  const lines = createInterface({ input: process.stdin })
  const messages: unknown[] = []
  const waiting: ((message: unknown) => void)[] = []
  lines.on('line', (line) => {
    const message: unknown = JSON.parse(line)
    const first = waiting.shift()
    if (first === undefined) messages.push(message)
    else first(message)
  })
  whenParentEnds(() => process.exit(0))
  return {
    next: () =>
      messages.length > 0
        ? Promise.resolve(messages.shift())
        : new Promise((resolve) => waiting.push(resolve)),
    say: (message) => process.stdout.write(`${JSON.stringify(message)}\n`),
  }
}
