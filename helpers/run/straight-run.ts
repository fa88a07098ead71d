import type { TestProject } from 'vitest/node'
import type { Mode } from '../core/config/settings.ts'
import { HarnessError } from '../core/errors/harness-error.ts'

/** What vitest was told that does not go with this mode, one line each. */
const detoursOf = ({ vitest, config }: TestProject, mode: Mode): string[] => {
  const { maxWorkers, retry, sequence, testNamePattern } = vitest.config
  const writes = mode === 'apply' || mode === 'rollback'
  return [
    ...(retry === 0 || retry === undefined ? [] : ['--retry: a check that is red is red']),
    ...(maxWorkers !== 1 ? ['--fileParallelism: the sections stand on each other'] : []),
    ...(sequence.shuffle ? ['--sequence.shuffle: the sections stand on each other'] : []),
    ...(sequence.concurrent ? ['--sequence.concurrent: the checks stand on each other'] : []),
    ...(vitest.config.shard === undefined ? [] : ['--shard: a part of the sections is no gate']),
    ...(config.isolate ? [] : ['--no-isolate: sections would share what they learned']),
    ...(writes && vitest.config.watch ? ['watch mode: a saved file would start the run again'] : []),
    ...(writes && testNamePattern !== undefined ? ['-t: a part of the checks is no gate'] : []),
  ]
}

// With these vitest may find nothing to run, never calls the global set-up, and ends green.
const partial = /^--(?:changed|shard|related|passWithNoTests)\b/

/** Throws RUN_NOT_STRAIGHT when the command line asks vitest for a part of the suite that it may find empty. */
export const refusePartOfRun = (argv: readonly string[]): void => {
  const found = argv.filter((word) => partial.test(word))
  if (found.length === 0) return
  throw new HarnessError('RUN_NOT_STRAIGHT', {
    what: `The suite does not go with ${found.join(', ')}: a part of the sections is no gate.`,
    why: 'Nothing was started.',
    next: 'Run the whole suite, once and in order: npx vitest run',
  })
}

/** Throws RUN_NOT_STRAIGHT when vitest would not run the whole suite once and in order. */
export const assertStraightRun = (project: TestProject, mode: Mode): void => {
  const detours = detoursOf(project, mode)
  if (detours.length === 0) return
  throw new HarnessError('RUN_NOT_STRAIGHT', {
    what: `MODE=${mode} does not go with ${detours.join('; ')}.`,
    why: 'Nothing was started.',
    next: 'Run the whole suite, once and in order: npx vitest run',
  })
}
