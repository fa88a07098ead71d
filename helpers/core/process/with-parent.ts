import { join } from 'node:path'

interface ProgramOptions {
  /** The program's working directory; that of the process in between when left out. */
  readonly cwd?: string
  /** A folder to remove after the program has ended. */
  readonly remove?: string
  /** A folder to remove unless the program ended by itself with exit code 0. */
  readonly removeUnlessClean?: string
  /** Whether the program's standard input is the fourth file that the process in between is started with. */
  readonly hasInput?: boolean
}

/**
 * The arguments with which Node runs a program that ends when this process does, in any way. Started with a pipe as
 * standard input, which ends the program when it closes; and detached, so that no signal to the process group ends the
 * program before this process is done with it. It writes one line to standard output: `pid` and the program's process id,
 * or `failed` and why.
 */
export const withParent = (
  program: string,
  args: readonly string[],
  { cwd, remove, removeUnlessClean, hasInput = false }: ProgramOptions = {},
): string[] => [
  join(import.meta.dirname, 'program.ts'),
  ...(cwd === undefined ? [] : [`--cwd=${cwd}`]),
  ...(remove === undefined ? [] : [`--remove=${remove}`]),
  ...(removeUnlessClean === undefined ? [] : [`--remove-unless-clean=${removeUnlessClean}`]),
  ...(hasInput ? ['--input'] : []),
  '--',
  program,
  ...args,
]
