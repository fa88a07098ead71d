import { describe, expect, test } from 'vitest'
import { parseSettings } from './settings.ts'
import { variables } from './variables.ts'

const url = 'mysql://reader:s3cret@db.example.org:4000/shop'
const prod = { TARGET: 'prod', DATABASE_URL: url }

const problemsOf = (raw: Record<string, string | undefined>) => {
  const parsed = parseSettings(raw)
  return 'problems' in parsed ? parsed.problems : []
}
const settingsOf = (raw: Record<string, string | undefined>) => {
  const parsed = parseSettings(raw)
  return 'settings' in parsed ? parsed.settings : parsed.problems
}

const defaults = {
  TARGET: 'embedded',
  MODE: 'rehearse',
  targetWasNamed: false,
  MIGRATION: 'v3',
  SCALE: 'standard',
  SEED: 20_260_120,
  TIDB_IMAGE: 'pingcap/tidb:v7.5.2',
  REPORTS_DIR: 'reports',
  CONNECTIONS: 4,
  LONG_TRANSACTION_SECONDS: 60,
  ON_INTERRUPT: 'leave',
  PASS_DAYS: 7,
  MINIMUM_RELEASE: '7.5.2',
  STATEMENT_SECONDS: 60,
  CHECK_BUDGET_ROWS: 5_000_000,
  CHECK_SECONDS: 120,
  CHECK_PAUSE_MS: 10,
  TRAFFIC: 'on',
  TRAFFIC_RATE: 20,
  APP_ENDPOINTS: '/api/events,/api/events/featured',
  APP_MAX_MS: 2000,
  APP_LOG_ERRORS: String.raw`\b(error|critical|fatal|traceback|exception)\b`,
  BENCHMARK_SECONDS: 10,
  BENCHMARK_SLOWER_PERCENT: 20,
  BENCHMARK_SLOWER_MS: 1,
  BENCHMARK_WRITE_PERCENT: 100,
  STATISTICS_HEALTH: 80,
  JUDGE_ROWS: 10_000,
  BACKUP_HOURS: 24,
  BACKUP_TOOL: 'dumpling',
  PREPARED_GB: 4,
}

describe('settings', () => {
  test.each<[string, Record<string, string | undefined>, object]>([
    ['nothing', {}, {}],
    ['only empty values', Object.fromEntries(Object.keys(variables).map((name) => [name, ''])), {}],
    ['variables of others', { PATH: '/bin', HOME: '/root', scale: 'huge' }, {}],
    ['embedded by name', { TARGET: 'embedded' }, { targetWasNamed: true }],
    [
      'a container',
      { TARGET: 'container', TIDB_IMAGE: 'x:1' },
      { TARGET: 'container', targetWasNamed: true, TIDB_IMAGE: 'x:1' },
    ],
    ['a server of one`s own', prod, { ...prod, MODE: 'check', targetWasNamed: true }],
    ['its mode by name', { ...prod, MODE: 'check' }, { ...prod, MODE: 'check', targetWasNamed: true }],
    [
      'numbers',
      { SEED: '4294967295', CONNECTIONS: '32', LONG_TRANSACTION_SECONDS: '1' },
      { SEED: 4_294_967_295, CONNECTIONS: 32, LONG_TRANSACTION_SECONDS: 1 },
    ],
    [
      'limits by name',
      { BENCHMARK_LIMITS: ' event-search = 80 ,v_list=0' },
      { BENCHMARK_LIMITS: { 'event-search': 80, v_list: 0 } },
    ],
    ['a run to go on with', { ENGINE_DIR: '/e', RUN_DIR: '/r' }, { ENGINE_DIR: '/e', RUN_DIR: '/r' }],
    ['paths with odd characters', { REPORTS_DIR: '../ủ 名/"x"' }, { REPORTS_DIR: '../ủ 名/"x"' }],
    // Many a tool sets this variable for another database.
    ['a DATABASE_URL that is of no use', { DATABASE_URL: 'postgres://u:s3cret@h/d' }, {}],
  ])('from %s', (_, raw, changes) => {
    expect(settingsOf(raw)).toEqual({ ...defaults, ...changes })
  })

  test.each([
    'mysql://u@h/d',
    'mysql://u:@h/d',
    'mysql://u:%40%23%2F%25@h:3306/d',
    'mysql://2aEp24QWEDLqRFs.root:p@gateway01.eu.example.com:4000/test?ssl=true',
    'mysql://u:p@[::1]:4000/my%20db',
    'mysql://%E5%90%8D:p@h/%E6%95%B0',
  ])('take the address %s', (DATABASE_URL) => {
    expect(settingsOf({ TARGET: 'prod', DATABASE_URL })).toMatchObject({ DATABASE_URL })
  })
})

describe('one problem, with the variable, its value and what is allowed, for', () => {
  const whole = (from: number, to: number) => `a whole number from ${from} to ${to}`
  const long = 'x'.repeat(10_000)
  test.each<[string, string, string | RegExp, Record<string, string>?]>([
    ...['Prod', '../../etc', 'a b', '9lives', 'ủ', '.prod', 'p'.repeat(33), 'prod\n'].map(
      (value): [string, string, string] => [
        'TARGET',
        value,
        'embedded, container, or the name of a .env.NAME file',
      ],
    ),
    ['MODE', 'REHEARSE', 'rehearse, check, apply or rollback'],
    ['MODE', 'check', 'rehearse on the target embedded: its server starts empty'],
    ['MODE', 'rehearse', /^check, apply or rollback on the target prod: only embedded and container/, prod],
    ['EXPECT', 'after', 'only with MODE=check', { ...prod, MODE: 'apply' }],
    ['EXCEPT', 'T.i', /^not with MODE=rollback/, { ...prod, MODE: 'rollback' }],
    ['MINIMUM_RELEASE', '7.5', 'a release such as 7.5.2'],
    ['MODE', 'rollback', /^rehearse on the target container/, { TARGET: 'container' }],
    ...['.', 'a b', 'ủ'].map((value): [string, string, string] => [
      'MIGRATION',
      value,
      'the name of a folder in SQL_DIR, or a path with a /',
    ]),
    ['SCALE', 'Large', 'small, medium, standard or large'],
    ...['-1', '4294967296', '1.5', '1e3', '0x10', 'ten', ' 1', '9'.repeat(90)].map(
      (value): [string, string, string] => ['SEED', value, whole(0, 4_294_967_295)],
    ),
    ['CONNECTIONS', '0', whole(1, 32)],
    ['CONNECTIONS', '33', whole(1, 32)],
    ['LONG_TRANSACTION_SECONDS', '0', whole(1, 86_400)],
    ['LONG_TRANSACTION_SECONDS', '86401', whole(1, 86_400)],
    ...['fast', 'a=', '=5', 'a=5;b=6', 'a=5,', 'a=-5', 'a=5.5', "a=5, b'=6"].map(
      (value): [string, string, string] => [
        'BENCHMARK_LIMITS',
        value,
        'names and whole ms, such as event-search=80,payment-call-back=30',
      ],
    ),
    ['BENCHMARK_SECONDS', '0', whole(1, 3600)],
    ['STATISTICS_HEALTH', '101', whole(0, 100)],
    ['JUDGE_ROWS', '0', whole(1, 1_000_000_000)],
    ['RUN_DIR', 'reports/latest', 'only together with ENGINE_DIR'],
    ['ENGINE_DIR', '/e', 'only with TARGET=embedded', prod],
    ['BACKUP_HOURS', '0', whole(1, 8_760)],
    ['BACKUP_TOOL', 'mydumper', 'dumpling or mysqldump'],
    ['BACKUP_MANIFEST', '/b', 'not together with BACKUP_DIR, which makes a new backup', { BACKUP_DIR: '/d' }],
  ])('%s=%s', (variable, value, allowed, others = {}) => {
    expect(problemsOf({ ...others, [variable]: value })).toEqual([
      { variable, value, allowed: typeof allowed === 'string' ? allowed : expect.stringMatching(allowed) },
    ])
  })

  test.each([
    'postgres://u:s3cret@h/d',
    'mysql://u:s3cret@h',
    'mysql://u:s3cret@h/',
    'mysql://:s3cret@h/d',
    'u:s3cret@h/d',
    'mysql://u:s3cret%zz@h/d',
    'mysql://u:s3cret@h:99999/d',
    's3cret',
  ])('DATABASE_URL=%s, which is never shown', (DATABASE_URL) => {
    const problems = problemsOf({ TARGET: 'prod', DATABASE_URL })
    expect(problems).toEqual([
      {
        variable: 'DATABASE_URL',
        value: '(hidden)',
        allowed: expect.stringMatching(/^mysql:\/\/USER:PASSWORD@/),
      },
    ])
    expect(JSON.stringify(problems)).not.toContain('s3cret')
  })

  test('DATABASE_URL that is not set', () => {
    const allowed = expect.stringMatching(/^mysql:.*, in \.env\.prod or the environment$/)
    expect(problemsOf({ TARGET: 'prod' })).toEqual([{ variable: 'DATABASE_URL', value: undefined, allowed }])
  })

  test.each(['TARGET', 'MODE', 'SCALE', 'MIGRATION', 'SEED'])(
    '%s with an address in it, which is not shown',
    (variable) => {
      expect(problemsOf({ [variable]: url })).toEqual([
        { variable, value: '(hidden)', allowed: expect.any(String) },
      ])
    },
  )

  test('a very long value, which is cut', () => {
    expect(problemsOf({ SCALE: long })).toMatchObject([{ value: `${'x'.repeat(100)}…` }])
  })
})

test('all problems come at once, those of the values and those between them', () => {
  const raw = {
    TARGET: 'prod',
    MODE: 'rehearse',
    SCALE: 'huge',
    SEED: 'x',
    CONNECTIONS: '99',
    RUN_DIR: 'r',
    MIGRATION: '..',
  }
  expect(
    problemsOf(raw)
      .map(({ variable }) => variable)
      .toSorted(),
  ).toEqual(['CONNECTIONS', 'DATABASE_URL', 'MIGRATION', 'MODE', 'RUN_DIR', 'SCALE', 'SEED'])
  // Nothing can be said of what a target needs that is not known.
  expect(problemsOf({ TARGET: 'P', MODE: 'check', RUN_DIR: 'r' }).map(({ variable }) => variable)).toEqual([
    'TARGET',
    'RUN_DIR',
  ])
})
