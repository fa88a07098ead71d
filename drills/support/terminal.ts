import { expect } from 'vitest'
import type { SuiteOutcome } from '../../helpers/run/suite-process.ts'

const failureAtMost = 10

const escapeCharacter = String.fromCharCode(27)
// How many there are of these is a matter of how fast the machine is.
const ofLife = /^ {3}running {2}/
// What vitest prints of an error that nobody shaped for people.
const raw = /Serialized Error|\n\s+at |⎯|Test Files/

/** The lines of each failure at the end of a run, by what failed. */
const failuresIn = (lines: readonly string[]): Map<string, string[][]> => {
  const blocks: string[][] = []
  for (const line of lines) {
    if (/^ {2}failed {2}/.test(line)) blocks.push([line])
    else if (/^ {10}/.test(line)) blocks.at(-1)?.push(line)
  }
  return Map.groupBy(blocks, ([head = '']) => head.replace(/^ {2}failed {2}/, ''))
}

/**
 * Expects of what a run said: `linesAtMost` lines, not counting lines of life, and ten more for each failure, each failure once, no colours, neither a
 * stack nor anything else of vitest's own, and the verdict in the last line.
 */
export const expectReadable = ({ output, red }: SuiteOutcome, linesAtMost: number): void => {
  const lines = output.trimEnd().split('\n')
  const failures = failuresIn(lines)
  expect([...failures.keys()].toSorted(), output).toEqual(red)
  for (const [id, blocks] of failures) {
    expect(blocks, id).toHaveLength(1)
    // One more line said that it turned red.
    expect(blocks[0]?.length, id).toBeLessThan(failureAtMost)
  }
  const said = lines.filter((line) => !ofLife.test(line))
  expect(said.length - failureAtMost * red.length, output).toBeLessThanOrEqual(linesAtMost)
  expect(output).not.toMatch(raw)
  expect(output).not.toContain(escapeCharacter)
  expect(lines.at(-1)).toMatch(red.length === 0 ? /^ {2}PASSED {2}/ : /^ {2}FAILED {2}/)
}
