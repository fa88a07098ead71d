import { messageOf } from '../core/errors/harness-error.ts'

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
const sameKeyMs = 1_000
const exitCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const

interface Ending {
  /** Puts on record that a signal ends the run, before anything else can fail because of it. */
  readonly record: (signal: string) => void
  /** What happens first, one line each: what becomes of the work under way. */
  readonly settle: () => Promise<readonly string[]>
  /** Ends what the run itself started. */
  readonly stop: () => Promise<void>
  readonly say: (line: string) => void
}

/**
 * Ends the run when a signal asks for it, and says what becomes of the work under way. Returns how to take that back. A
 * second signal, a second later or more, ends the process at once; a kill that cannot be caught is the watchdog's business.
 */
export const endOnSignal = ({ record, settle, stop, say }: Ending): (() => void) => {
  const end = async (signal: (typeof signals)[number]) => {
    say(`${signal}: stopping; what the run did so far is in reports/latest`)
    try {
      record(signal)
    } catch (error) {
      say(messageOf(error))
    }
    try {
      for (const line of await settle()) say(line)
    } catch (error) {
      say(`the server could not be asked what is under way (${messageOf(error)}); the next run finds out`)
    }
    await stop().catch((error: unknown) => say(messageOf(error)))
    process.exit(exitCodes[signal])
  }
  let endingSince: number | undefined
  // One Ctrl-C comes twice under npx: from the terminal, and from npm, which hands on what it gets.
  const onSignal = (signal: (typeof signals)[number]) => {
    if (endingSince !== undefined && performance.now() - endingSince > sameKeyMs)
      process.exit(exitCodes[signal])
    if (endingSince !== undefined) return
    endingSince = performance.now()
    void end(signal)
  }
  // Vitest's own listener ends the process after 1 ms, in the middle of all this.
  const others = signals.map((signal) => [signal, process.listeners(signal)] as const)
  for (const signal of signals) process.removeAllListeners(signal).on(signal, onSignal)
  return () => {
    for (const [signal, listeners] of others) {
      process.removeListener(signal, onSignal)
      for (const listener of listeners) process.on(signal, listener)
    }
  }
}
