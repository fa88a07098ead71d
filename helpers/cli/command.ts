import { type ArgsDef, defineCommand, runMain } from 'citty'
import type { z } from 'zod'
import { withAdvice } from '../core/errors/advice.ts'
import { HarnessError } from '../core/errors/harness-error.ts'

/** One of the commands of package.json. */
interface Command<Options> {
  /** As in `npm run <name>`. */
  readonly name: string
  readonly description: string
  readonly options?: ArgsDef
  /** What the options must be. */
  readonly shape: z.ZodType<Options>
  /** How to type it rightly. */
  readonly example: string
  run(options: Options): Promise<void>
}

type Given = Readonly<Record<string, unknown>> & { readonly _: readonly string[] }

const readOptions = <Options>(
  { name, options = {}, shape, example }: Command<Options>,
  { _: words, ...given }: Given,
): Options => {
  const parsed = shape.safeParse(given)
  // citty takes what it does not know.
  const isKnown = words.length === 0 && Object.keys(given).every((option) => option in options)
  if (isKnown && parsed.success) return parsed.data
  throw new HarnessError('ARGUMENTS_INVALID', {
    what: `npm run ${name} does not understand ${process.argv.slice(2).join(' ')}.`,
    next: example,
    cause: parsed.error,
  })
}

const errorTextOf = (error: unknown): string =>
  error instanceof HarnessError ? error.message : String(error instanceof Error ? error.stack : error)

/**
 * Runs a command with what was typed behind it, or shows its options for --help. What it throws is told on standard error
 * in what, why and next, and the process ends with 1.
 */
export const runAsCommand = <Options>(command: Command<Options>): Promise<void> => {
  const { name, description, options = {} } = command
  const run = async ({ args }: { args: Given }) => {
    try {
      await command.run(readOptions(command, args))
    } catch (thrown) {
      console.error(`\n${errorTextOf(withAdvice(thrown))}\n`)
      process.exitCode = 1
    }
  }
  return runMain(defineCommand({ meta: { name: `npm run ${name} --`, description }, args: options, run }))
}
