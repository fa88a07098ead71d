import { textOfParts } from '../../core/errors/harness-error.ts'
import { type CheckResult, type Summary, summaryRecord } from '../summary.ts'
import { folded, listed, several } from './blocks.ts'
import { fenced, text } from './escape.ts'

const openAtMost = 3
const foldedAtMost = 8
const gapsAtMost = 10
const idsAtMost = 40

const noNext = `See its evidence in ${summaryRecord.name}, beside this file.`

/** What a red check says, and its next command apart, so that the command is there however long the rest is. */
const shownCheck = ({ id, title, failure, reason = 'no reason given' }: CheckResult): string[] => {
  const what = failure === undefined ? reason : textOfParts({ ...failure, next: undefined })
  return [
    `- **${text(id)}** ${text(title)}`,
    '',
    ...fenced(what, 2, 800),
    '',
    '  next:',
    '',
    ...fenced(failure?.next ?? noNext, 2, 1_000),
    '',
  ]
}

/** The red checks, each with why and the next command: the first ones open, more of them folded, the rest by name. */
export const failures = ({ checks, incomplete }: Summary): string[] => {
  const red = checks.filter(({ status }) => status === 'failed')
  // What says what to do comes first; the others are mostly what came of it.
  const hasNext = ({ failure }: CheckResult) => failure?.next !== undefined
  const failed = [...red.filter(hasNext), ...red.filter((check) => !hasNext(check))]
  if (failed.length + incomplete.length === 0) return []
  const more = failed.slice(openAtMost)
  const named = more.slice(foldedAtMost)
  return [
    '',
    '## What failed',
    '',
    ...failed.slice(0, openAtMost).flatMap(shownCheck),
    ...listed(incomplete, gapsAtMost, (lines) => lines.map((line) => `- incomplete: ${text(line, 600)}`)),
    ...folded(`${several(more.length, 'more failed check')}`, [
      ...more.slice(0, foldedAtMost).flatMap(shownCheck),
      ...listed(named, idsAtMost, (rest) => rest.map(({ id }) => `- ${text(id)}`)),
    ]),
  ]
}
