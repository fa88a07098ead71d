import type { CheckResult } from '../summary.ts'
import { firstLines } from './clip.ts'
import { color } from './paint.ts'

// With the line that was said when the check turned red, ten.
const linesAtMost = 9
const whyAtMost = 2
const nextAtMost = 3
const detailAtMost = 3
const charactersAtMost = 500
const indent = ' '.repeat(10)

const linesOf = (text: string): string[] => text.split('\n').filter((line) => line.trim() !== '')

// What is to be typed is never cut.
const shortened = (line: string): string =>
  line.length <= charactersAtMost ? line : `${line.slice(0, charactersAtMost)} …`

const block = (head: string, lines: readonly string[]): string[] => [
  `  ${color('red', 'failed')}  ${head}`,
  ...lines.map((line) => `${indent}${line}`),
]

/** A failed check in nine lines at most: its id, what happened, `detail` such as the top of a stack, why, what to type next. */
export const failureLines = (
  { id, reason = '', failure }: Pick<CheckResult, 'id' | 'reason' | 'failure'>,
  detail: readonly string[] = [],
): string[] => {
  const room = linesAtMost - 1
  const stack = detail.slice(0, detailAtMost)
  if (failure === undefined) {
    const own = linesOf(reason).map(shortened)
    return block(id, [...firstLines(own, room - stack.length), ...stack])
  }
  const { code, what, why, next } = failure
  const whys = why === undefined ? [] : firstLines(linesOf(`  why:  ${why}`).map(shortened), whyAtMost)
  const nexts = next === undefined ? [] : firstLines(linesOf(`  next: ${next}`), nextAtMost)
  const whats = linesOf(`${code}: ${what}`).map(shortened)
  return block(id, [
    ...firstLines(whats, room - stack.length - whys.length - nexts.length),
    ...stack,
    ...whys,
    ...nexts,
  ])
}

/** Something else that fails a run, such as a file that could not be loaded, in nine lines at most. */
export const incompleteLines = (line: string, detail: readonly string[] = []): string[] => {
  const [head = '', ...rest] = linesOf(line).map(shortened)
  const stack = detail.slice(0, detailAtMost)
  return block(head, [...firstLines(rest, linesAtMost - 1 - stack.length), ...stack])
}
