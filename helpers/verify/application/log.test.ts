import {
  appendFileSync,
  copyFileSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
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
    expect(found()).toEqual({ bytesRead: 41, lines: 2, errors: 0, first: [], files: ['app.log'] })
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
  const seconds = (later: number) => Date.now() / 1000 + later
  const old = () => `${log}.1`

  test.for<[string, () => void, readonly string[]]>([
    [
      'renamed and begun anew',
      () => {
        renameSync(log, old())
        writeFileSync(log, errors(1, 'new'))
      },
      ['app.log.1', 'app.log'],
    ],
    [
      'renamed to a name of its own',
      () => {
        renameSync(log, join(dir, 'kept'))
        writeFileSync(log, errors(1, 'new'))
      },
      ['kept', 'app.log'],
    ],
    [
      'copied and cut in place',
      () => {
        copyFileSync(log, old())
        truncateSync(log)
        appendFileSync(log, errors(1, 'new'))
      },
      ['app.log.1', 'app.log'],
    ],
    [
      'copied and cut in place, and has grown past its old end',
      () => {
        copyFileSync(log, old())
        truncateSync(log)
        appendFileSync(log, `${'INFO ok\n'.repeat(500)}${errors(1, 'new')}`)
      },
      ['app.log.1', 'app.log'],
    ],
    [
      'renamed twice',
      () => {
        renameSync(log, `${log}.2`)
        writeFileSync(old(), 'INFO ok\n')
        utimesSync(old(), seconds(5), seconds(5))
        writeFileSync(log, errors(1, 'new'))
      },
      ['app.log.2', 'app.log.1', 'app.log'],
    ],
  ])('are all seen in a log that was %s', ([, rotate, files]) => {
    const other = `${log}.9`
    // As a link into a folder of somebody else: it cannot even be looked at.
    symlinkSync('loop', join(dir, 'loop'))
    writeFileSync(other, errors(1, 'of yesterday'))
    utimesSync(other, seconds(-60), seconds(-60))
    appendFileSync(log, errors(50, 'boom'))
    rotate()
    expect(found()).toMatchObject({ errors: 51, files })
    expect(found()).not.toHaveProperty('lost')
  })

  test.for<[string, () => void]>([
    [
      'renamed and thrown away',
      () => {
        renameSync(log, old())
        writeFileSync(log, errors(1, 'new'))
        rmSync(old())
      },
    ],
    // The new file may well get the number of the old one.
    [
      'thrown away, and has grown past its old end',
      () => {
        rmSync(log)
        writeFileSync(log, errors(500, 'new'))
      },
    ],
    [
      'cut in place',
      () => {
        truncateSync(log)
        appendFileSync(log, errors(1, 'new'))
      },
    ],
    [
      'cut in place, and has grown past its old end',
      () => {
        truncateSync(log)
        appendFileSync(log, errors(500, 'new'))
      },
    ],
  ])('may be missed in a log that was %s, and that is said', ([, rotate]) => {
    appendFileSync(log, errors(50, 'boom'))
    rotate()
    expect(found()).toMatchObject({
      first: expect.arrayContaining(['ERROR new']),
      files: ['app.log'],
      lost: 'the log was rotated and its old part is gone',
    })
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
