import { type CheckResult, type Summary, summaryRecord } from '../summary.ts'
import { folded, listed, several } from './blocks.ts'
import { fenced, text } from './escape.ts'

const openAtMost = 3
const foldedAtMost = 8
const gapsAtMost = 10
const idsAtMost = 40

const nextMark = '\n  next: '
// A matcher has its next command in the middle, before the query plan.
const nextLine = /\nnext: (.+)/
const noNext = `See its evidence in ${summaryRecord.name}, beside this file.`

/** What a red check says, and its next command apart, so that the command is there however long the rest is. */
const split = (reason: string): { what: string; next: string } => {
  const at = reason.lastIndexOf(nextMark)
  if (at !== -1) return { what: reason.slice(0, at), next: reason.slice(at + nextMark.length) }
  return { what: reason.replace(nextLine, ''), next: nextLine.exec(reason)?.[1] ?? noNext }
}

const shownCheck = ({ id, title, reason = 'no reason given' }: CheckResult): string[] => {
  const { what, next } = split(reason)
  return [
    `- **${text(id)}** ${text(title)}`,
    '',
    ...fenced(what, 2, 800),
    '',
    '  next:',
    '',
    ...fenced(next, 2, 1_000),
    '',
  ]
}

/** The red checks, each with why and the next command: the first ones open, more of them folded, the rest by name. */
export const failures = ({ checks, incomplete }: Summary): string[] => {
  const red = checks.filter(({ status }) => status === 'failed')
  // What says what to do comes first; the others are mostly what came of it.
  const hasNext = ({ reason = '' }: CheckResult) => split(reason).next !== noNext
  const failed = [...red.filter(hasNext), ...red.filter((check) => !hasNext(check))]
  if (failed.length + incomplete.length === 0) return []
  const more = failed.slice(openAtMost)
  const named = more.slice(foldedAtMost)
  return [
    '',
    '## What failed',
    '',
    ...failed.slice(0, openAtMost).flatMap(shownCheck),
    ...listed(incomplete, gapsAtMost, (lines) => lines.map((line) => `- not whole: ${text(line, 600)}`)),
    ...folded(`${several(more.length, 'more failed check')}`, [
      ...more.slice(0, foldedAtMost).flatMap(shownCheck),
      ...listed(named, idsAtMost, (rest) => rest.map(({ id }) => `- ${text(id)}`)),
    ]),
  ]
}
