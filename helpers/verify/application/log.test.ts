import {
  appendFileSync,
  copyFileSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { variables } from '../../core/config/variables.ts'
import { RunFolder } from '../../core/record/run-folder.ts'
import { assertNoErrors, markLog, readLogErrors, redacted } from './log.ts'

const pattern = variables.APP_LOG_ERRORS.parse(undefined)
let dir: string
let run: RunFolder
let log: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'app-log-'))
  run = new RunFolder(dir)
  log = join(dir, 'app.log')
  writeFileSync(log, 'ERROR of yesterday\nINFO started\n')
  markLog(run, log)
})
afterEach(() => rmSync(dir, { recursive: true }))

const found = (wanted = pattern) => readLogErrors(run, log, wanted)

describe('errors in the log of the application', () => {
  test('of before the run do not count', () => {
    appendFileSync(log, 'INFO GET /api/events 200\n0 errors so far\n')
    expect(found()).toEqual({ bytesRead: 41, lines: 2, errors: 0, first: [] })
    expect(() => assertNoErrors(found())).not.toThrow()
  })

  test.for([
    '2026-01-20 12:00:00 ERROR in app: boom',
    '{"level":"error","msg":"boom"}',
    'Traceback (most recent call last):',
    'sqlalchemy: Exception: boom',
    'CRITICAL out of memory',
  ])('count: %s', (line) => {
    appendFileSync(log, `INFO ok\n${line}\nINFO ok`)
    expect(found()).toMatchObject({ lines: 3, errors: 1, first: [line] })
    expect(() => assertNoErrors(found())).toThrow(/APP_ERRORS_LOGGED: The application logged 1 errors since/)
  })

  test('are told by the pattern that is set', () => {
    appendFileSync(log, 'ERROR\nE boom\n')
    expect(found('^E ')).toMatchObject({ errors: 1, first: ['E boom'] })
  })

  const errors = (count: number, what: string) => `ERROR ${what}\n`.repeat(count)

  test.for<[string, () => void]>([
    [
      'renamed and begun anew',
      () => {
        renameSync(log, `${log}.1`)
        writeFileSync(log, errors(1, 'new'))
      },
    ],
    [
      'renamed, and has grown past its old end',
      () => {
        renameSync(log, `${log}.1`)
        writeFileSync(log, errors(500, 'new'))
      },
    ],
    [
      'copied and cut in place',
      () => {
        copyFileSync(log, `${log}.1`)
        truncateSync(log)
        appendFileSync(log, errors(1, 'new'))
      },
    ],
  ])('of the new file count in a log that was %s, and it is said that the old was not read', ([, rotate]) => {
    appendFileSync(log, errors(50, 'boom'))
    rotate()
    const { first, lost } = found()
    expect(new Set(first)).toEqual(new Set(['ERROR new']))
    expect(lost).toBe('the log was rotated, and its old part was not read')
  })

  test('are seen where the log is a link to it', () => {
    renameSync(log, join(dir, 'real.log'))
    symlinkSync('real.log', log)
    appendFileSync(log, errors(1, 'boom'))
    expect(found()).toMatchObject({ errors: 1 })
    expect(found()).not.toHaveProperty('lost')
  })

  test('are found in a log of many megabytes, with characters across the chunks', () => {
    appendFileSync(log, `${'é'.repeat(999)}\n`.repeat(1200))
    appendFileSync(log, 'ERROR at the end é')
    expect(found()).toMatchObject({ lines: 1201, errors: 1, first: ['ERROR at the end é'] })
  })

  test('a log that is not there is no clean log', () => {
    rmSync(log)
    expect(found).toThrow(/APP_LOG_UNREADABLE.*app\.log cannot be read/)
    expect(() => markLog(run, log)).toThrow(/APP_LOG_UNREADABLE/)
  })
})

test.for([
  ['mysql://u:s3cret@h/d failed', 'mysql://(hidden)@h/d failed'],
  ['password=s3cret, user=u', 'password=(hidden), user=u'],
  ['{"db_password": "s3cret word", "a": 1}', '{"db_password": (hidden), "a": 1}'],
  ['Authorization: Bearer s3cret.s3cret', 'Authorization: (hidden) (hidden)'],
  ['api_key: s3cret', 'api_key: (hidden)'],
  ['ACCESS_TOKEN=s3cret', 'ACCESS_TOKEN=(hidden)'],
] as const)('a report shows no credential: %s', ([line, shown]) => {
  expect(redacted(line)).not.toContain('s3cret')
  expect(redacted(line)).toBe(shown)
})
