import { relative } from 'node:path'
import { stripVTControlCharacters as plain } from 'node:util'
import type { SerializedError, TestModule } from 'vitest/node'
import { projectRoot } from '../../core/config/project.ts'

const isOfOthers = (file: string): boolean => /node_modules|^node:/.test(file)

const framesOf = ({ stacks, stack = '' }: SerializedError): string[] => {
  const parsed = (stacks ?? []).map(({ file, line, column }) => ({ file, place: `${line}:${column}` }))
  const own = parsed.filter(({ file }) => !isOfOthers(file))
  if (own.length > 0) return own.map(({ file, place }) => `  at ${relative(projectRoot, file)}:${place}`)
  const lines = plain(stack)
    .split('\n')
    .filter((line) => /^\s+at /.test(line) && !/node_modules|node:/.test(line))
  return lines.map((line) => `  ${line.trim().replaceAll('file://', '').replaceAll(`${projectRoot}/`, '')}`)
}

/**
 * What a failure needs on the terminal beside its message: nothing for an error of the harness, which says what to do; the
 * difference for an assertion; for anything else, which nobody expected, the stack within this project.
 */
export const detailOf = (error: SerializedError | undefined): readonly string[] => {
  if (error === undefined || error.name === 'HarnessError') return []
  if (error.name !== 'AssertionError') return framesOf(error)
  const { diff } = error
  if (typeof diff !== 'string') return []
  return plain(diff)
    .split('\n')
    .filter((line) => /^[+-] (?!Expected|Received)/.test(line))
    .map((line) => `  ${line}`)
}

/** The details of a run's red checks, by their ids. */
export const detailsOfChecks = (modules: readonly TestModule[]): [string, readonly string[]][] =>
  modules
    .flatMap((module) => [...module.children.allTests('failed')])
    .map((test) => [test.meta().check?.id ?? test.fullName, detailOf(test.result().errors?.[0])])
