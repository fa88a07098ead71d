import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readSample } from '../../drills/support/test-sample.ts'
import { HarnessError } from '../core/errors/harness-error.ts'
import { createRunFolder, type RunFolder } from '../core/record/run-folder.ts'
import { summaryRecord } from './summary.ts'
import { reportFile, writeNotStarted, writeReports, writeUnfinished } from './write-reports.ts'

const begun = { mode: 'apply', migration: 'v3', target: 'prod', startedAt: '2026-01-02T03:04:05.000Z' }
const refused = new HarnessError('REFUSED', {
  what: 'MODE=apply may not run:\n    NO_BACKUP: ``` </details>',
  next: 'BACKUP_EVIDENCE="<id>"',
})

let reports: string
let run: RunFolder
beforeEach(() => {
  reports = mkdtempSync(join(tmpdir(), 'harness-reports-'))
  run = createRunFolder(reports, 'prod', 'apply')
})
afterEach(() => rmSync(reports, { recursive: true }))
const report = () => readFileSync(run.path(reportFile), 'utf8')

test('both are written completely, and say the same', () => {
  const sample = readSample()
  writeReports(run, sample)
  expect(summaryRecord.read(run)).toEqual(sample)
  expect(report()).toMatch(/^# PASSED: rehearse of v3 on embedded\n/)
  expect(readdirSync(run.dir).toSorted()).toEqual(['report.md', 'summary.json'])
})

test('a run under way, or killed, has a report that says so', () => {
  writeUnfinished(run, begun)
  expect(report()).toMatch(/^# NOT FINISHED: apply of v3 on prod\n/)
  expect(report()).toContain('not measured: everything, because the run has no end.')
})

test('a run that was stopped says by what', () => {
  writeUnfinished(run, begun, 'SIGINT')
  expect(report()).toMatch(/^# STOPPED: apply of v3 on prod\n/)
  expect(report()).toContain('It was stopped by SIGINT, so it has no verdict.')
})

test('a refused run says that nothing was applied, why, and what to type next', () => {
  writeUnfinished(run, begun)
  expect(writeNotStarted(run, begun, refused)).toBe(run.path(reportFile))
  expect(report()).toMatch(
    /^# REFUSED: apply of v3 on prod\n\n\*\*The run did not start, so nothing was applied\.\*\*/,
  )
  // The message has three ticks of its own, so the block has four.
  expect(report()).toContain(`\n\`\`\`\`text\n${refused.message}\n\`\`\`\`\n`)
  expect(report()).toContain('not measured: everything, because the run did not start.')
})

test.each<[string, unknown, string]>([
  [
    'a server',
    new HarnessError('TARGET_UNREACHABLE', { what: 'x', next: 'y' }),
    'TARGET_UNREACHABLE: x\n  next: y',
  ],
  [
    'an error that says more than its text',
    new Error('REFUSED: by chance'),
    'UNEXPECTED: REFUSED: by chance',
  ],
])('a run without %s failed, and was not refused', (_, thrown, says) => {
  writeNotStarted(run, begun, thrown)
  expect(report()).toMatch(/^# FAILED: apply of v3 on prod\n/)
  expect(report()).toContain(`\n\`\`\`text\n${says}\n\`\`\`\n`)
})

test('where no report can be written, why the run did not start is not hidden behind that', () => {
  mkdirSync(`${run.path(reportFile)}.part`)
  expect(writeNotStarted(run, begun, refused)).toBeUndefined()
  expect(() => writeUnfinished(run, begun)).toThrow(/REPORT_NOT_WRITTEN/)
})
