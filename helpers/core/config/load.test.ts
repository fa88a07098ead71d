import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'dotenv'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { HarnessError } from '../errors/harness-error.ts'
import { loadSettings } from './load.ts'
import { inProject } from './project.ts'
import { variables } from './variables.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'harness-config-'))
})
afterEach(() => rmSync(root, { recursive: true }))

const write = (files: Readonly<Record<string, string>>) => {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(root, name), text)
}
const url = 'mysql://reader:s3cret@h/d'
const prodFile = `DATABASE_URL='${url}'\n`

const refusalOf = (environment: Record<string, string>): HarnessError => {
  try {
    loadSettings(root, environment)
  } catch (error) {
    if (error instanceof HarnessError) return error
    throw error
  }
  throw new Error('the settings were taken')
}

describe('what changes a target is typed by hand', () => {
  test.each(['CONFIRM=d', 'MODE=apply', 'MODE=rollback'])('%s in a file is refused', (line) => {
    for (const file of ['.env', '.env.prod']) {
      write({ '.env': '', '.env.prod': prodFile })
      write({ [file]: `${prodFile}${line}\n` })
      expect(refusalOf({ TARGET: 'prod' }).message).toMatch(
        /CONFIG_INVALID: .* stands in a file\.[\s\S]*typed by hand/,
      )
    }
  })
  test('one address and not another, where the environment and the file of the target name one each', () => {
    write({ '.env.prod': prodFile })
    const other = { TARGET: 'prod', DATABASE_URL: 'mysql://reader:s3cret@other/d' }
    expect(refusalOf({ ...other, MODE: 'apply' }).message).toMatch(
      /CONFIG_INVALID: DATABASE_URL in the environment and in \.env\.prod lead to two places/,
    )
    expect(loadSettings(root, other).DATABASE_URL).toBe(other.DATABASE_URL)
    expect(loadSettings(root, { ...other, MODE: 'apply', DATABASE_URL: url }).DATABASE_URL).toBe(url)
  })
  test.each(['apply', 'rollback'])('%s on an address that only .env has is refused', (MODE) => {
    write({ '.env': prodFile })
    const refusal = refusalOf({ TARGET: 'prod', MODE, CONFIRM: 'd' })
    expect(refusal.message).toMatch(
      /CONFIG_INVALID: DATABASE_URL of the target prod stands neither in \.env\.prod nor in front of the command[\s\S]*Nothing was started[\s\S]*next: .*\.env\.prod/,
    )
    expect(refusal.message).not.toContain('s3cret')
    write({ '.env.prod': 'SEED=2' })
    expect(refusalOf({ TARGET: 'prod', MODE, CONFIRM: 'd' }).message).toMatch(/stands neither in/)
    expect(loadSettings(root, { TARGET: 'prod', MODE, CONFIRM: 'd', DATABASE_URL: url }).MODE).toBe(MODE)
  })
  test('a typed TARGET without a file of its name is a slip of the pen, unless an address is typed too', () => {
    write({ '.env': prodFile, '.env.prod': prodFile })
    expect(refusalOf({ TARGET: 'prdo' }).message).toMatch(
      /CONFIG_INVALID: There is no \.env\.prdo, and DATABASE_URL was not typed[\s\S]*next: .*TARGET/,
    )
    expect(loadSettings(root, { TARGET: 'prdo', DATABASE_URL: url }).TARGET).toBe('prdo')
    // Whoever names the target in .env means the address that stands beside it.
    write({ '.env': `${prodFile}TARGET=mine` })
    expect(loadSettings(root, {}).TARGET).toBe('mine')
  })
  test('what the environment says is taken', () => {
    write({ '.env.prod': prodFile })
    const settings = loadSettings(root, { TARGET: 'prod', MODE: 'apply', CONFIRM: 'd' })
    expect(settings).toMatchObject({ MODE: 'apply', CONFIRM: 'd' })
  })
})

describe('what comes later wins', () => {
  test.each<[string, Record<string, string>, Record<string, string>, object]>([
    ['no file', {}, {}, { TARGET: 'embedded', SCALE: 'standard', targetWasNamed: false }],
    ['.env', { '.env': 'SCALE=small\nSEED=7' }, {}, { SCALE: 'small', SEED: 7 }],
    ['the environment', { '.env': 'SCALE=small\nSEED=7' }, { SCALE: 'large' }, { SCALE: 'large', SEED: 7 }],
    [
      'the file of the target over .env, the environment over both',
      { '.env': 'SEED=1\nSCALE=small\nCONNECTIONS=2', '.env.prod': `${prodFile}SEED=2\nSCALE=large` },
      { TARGET: 'prod', SEED: '3' },
      { TARGET: 'prod', DATABASE_URL: url, SEED: 3, SCALE: 'large', CONNECTIONS: 2 },
    ],
    [
      'a target that .env names',
      { '.env': 'TARGET=prod', '.env.prod': prodFile },
      {},
      { TARGET: 'prod', DATABASE_URL: url, MODE: 'check' },
    ],
    ['a file of another target', { '.env.prod': 'SEED=2', '.env.embedded': 'SEED=5' }, {}, { SEED: 5 }],
    [
      'an empty value: it unsets',
      { '.env': 'SCALE=small\nTARGET=prod' },
      { SCALE: '', TARGET: '' },
      { SCALE: 'standard', TARGET: 'embedded', targetWasNamed: false },
    ],
    // Else the settings of one server would run under the name of another.
    [
      'a target inside the file of a target: it is not read',
      { '.env': 'TARGET=prod', '.env.prod': `${prodFile}TARGET=staging` },
      {},
      { TARGET: 'prod', DATABASE_URL: url },
    ],
    [
      'comments, quotes, Unicode, a byte order mark',
      { '.env': '\uFEFFSEED=8 # eight\nREPORTS_DIR="ủ 名"\nexport SCALE=small\r\n' },
      {},
      { SEED: 8, REPORTS_DIR: 'ủ 名', SCALE: 'small' },
    ],
  ])('%s', (_, files, environment, expected) => {
    write(files)
    expect(loadSettings(root, environment)).toMatchObject(expected)
  })
})

describe('a refusal', () => {
  test('names every variable, its value, what is allowed, and where to correct it', () => {
    write({ '.env': 'SCALE=huge', '.env.prod': 'SEED=x' })
    const refusal = refusalOf({ TARGET: 'prod' })
    expect(refusal.code).toBe('CONFIG_INVALID')
    expect(refusal.message).toMatchInlineSnapshot(`
      "CONFIG_INVALID: SCALE is "huge"; allowed: small, medium, standard or large
        SEED is "x"; allowed: a whole number from 0 to 4294967295
        DATABASE_URL is not set; allowed: mysql://USER:PASSWORD@HOST:PORT/DATABASE (odd characters percent-encoded), in .env.prod or the environment
        why:  Nothing was started.
        next: Correct it in the environment, .env.prod or .env; .env.example explains every variable."
    `)
  })

  test('reads no file by a name that no target has, and says so', () => {
    // What .env.../../etc would lead to: reading it is another error.
    mkdirSync(join(root, 'etc'))
    for (const TARGET of ['../../etc', '/etc/passwd', '../.env.outside', 'Ủ', `mysql://u:s3cret@h/d`]) {
      const { message } = refusalOf({ TARGET })
      expect(message).toMatch(/^CONFIG_INVALID: TARGET is ".*"; allowed: embedded, container, or the name/)
      expect(message).toMatch(
        /next: Correct it in the environment or \.env; \.env\.example explains every variable\.$/,
      )
    }
  })

  test('shows no password, neither in its text nor in its fields', () => {
    write({ '.env.prod': 'DATABASE_URL=mysql://u:s3cret%zz@h/d\nMODE=rehearse' })
    const refusal = refusalOf({ TARGET: 'prod', SCALE: url })
    expect(refusal.message).toMatch(/DATABASE_URL is "\(hidden\)"[\s\S]*MODE is "rehearse"/)
    expect(JSON.stringify([refusal.message, refusal.fields, refusal.stack])).not.toContain('s3cret')
  })

  test('of a file that cannot be read names it', () => {
    mkdirSync(join(root, '.env'))
    expect(refusalOf({}).message).toMatch(
      /^CONFIG_INVALID: .*\.env cannot be read: EISDIR[\s\S]*next: Make it a file/,
    )
  })
})

describe('.env.example', () => {
  const example = readFileSync(inProject('.env.example'), 'utf8')
  const uncommented = example.replaceAll(/^# ([A-Z_]+=)/gm, '$1')

  test('documents each variable that there is, and none that there is not', () => {
    expect(Object.keys(parse(uncommented)).toSorted()).toEqual(Object.keys(variables).toSorted())
  })

  test('copied as .env changes nothing', () => {
    expect(parse(example)).toEqual({})
    const before = loadSettings(root, {})
    write({ '.env': example })
    expect(loadSettings(root, {})).toEqual(before)
  })

  test('shows the defaults: with no line commented out, nothing changes but that the target has a name', () => {
    const before = loadSettings(root, {})
    write({ '.env': uncommented })
    expect(loadSettings(root, {})).toEqual({ ...before, targetWasNamed: true })
  })

  test('names what is allowed', () => {
    const above = (name: string) => example.split(`\n# ${name}=`)[0]?.split('\n\n').at(-1) ?? ''
    for (const word of ['embedded', 'container', 'prod']) expect(above('TARGET')).toContain(word)
    for (const word of ['rehearse', 'check', 'apply', 'rollback']) expect(above('MODE')).toContain(word)
    for (const word of ['small', 'medium', 'standard', 'large']) expect(above('SCALE')).toContain(word)
    expect(above('SEED')).toContain('0 to 4294967295')
    expect(above('CONNECTIONS')).toContain('1 to 32')
    expect(above('LONG_TRANSACTION_SECONDS')).toContain('1 to 86400')
    expect(above('DATABASE_URL')).toContain('mysql://USER:PASSWORD@HOST:PORT/DATABASE')
  })
})
