import type { Failure } from '../../core/errors/failure.ts'
import { textOfParts } from '../../core/errors/harness-error.ts'
import { stepLog } from '../../migrate/step/step.ts'
import { summaryRecord } from '../summary.ts'
import { joined } from './blocks.ts'
import { fenced, text } from './escape.ts'

/** What is known of a run before it has found anything. */
export interface Begun {
  readonly mode: string
  readonly migration: string
  readonly target: string
  readonly startedAt: string
}

const heading = (word: string, { mode, migration, target }: Begun) =>
  `# ${word}: ${text(mode)} of ${text(migration)} on ${text(target)}`

const nothingMeasured = (why: string) =>
  `not measured: everything, because ${why}. There is no ${summaryRecord.name}.`

/** The report of a run that ended before its first check: refused, or no server. */
export const renderNotStarted = (begun: Begun, failure: Failure): string =>
  joined([
    heading(failure.code === 'REFUSED' ? 'REFUSED' : 'FAILED', begun),
    '',
    `**The run did not start, so nothing was applied.** Begun ${text(begun.startedAt)}.`,
    '',
    ...fenced(textOfParts(failure), 0, 8_000),
    '',
    nothingMeasured('the run did not start'),
  ])

/** What stands for the report until the run ends, so what a killed run leaves; with `signal`, of one that was stopped. */
export const renderUnfinished = (begun: Begun, signal?: string): string =>
  joined([
    heading(signal === undefined ? 'NOT FINISHED' : 'STOPPED', begun),
    '',
    `The run was begun ${text(begun.startedAt)}. ${
      signal === undefined
        ? 'While this text stands here it is under way, or it was killed; then it has no verdict.'
        : `It was stopped by ${text(signal)}, so it has no verdict.`
    }`,
    '',
    `- \`${stepLog.name}\`, beside this file, has each statement that was sent, and what became of it, up to then.`,
    '- On a server of yours, type the same command again: it waits for the job that the server still has, and goes on.',
    '',
    nothingMeasured('the run has no end'),
  ])
