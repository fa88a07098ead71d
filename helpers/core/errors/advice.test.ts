import { describe, expect, test } from 'vitest'
import { inProject } from '../config/project.ts'
import { variables } from '../config/variables.ts'
import { adviceFor, withAdvice } from './advice.ts'
import { catalogue, findEntry } from './catalogue/catalogue.ts'
import { openNames } from './catalogue/entry.ts'
import { cataloguePage } from './catalogue/page.ts'
import { unreachable } from './connection-error.ts'
import { HarnessError } from './harness-error.ts'

/** An error as the driver makes it. */
const thrownBy = (parts: object, message: string) => Object.assign(new Error(message), parts)
const messageOfAdvice = (thrown: unknown) => {
  const error = withAdvice(thrown)
  if (error instanceof HarnessError) return error.message
  throw new Error('no advice was given')
}

describe('the catalogue', () => {
  test('has every error that the gate and the guide name', () => {
    const codes = catalogue.flatMap((entry) => entry.codes)
    const ofGate = [1064, 1091, 1105, 1142, 1227, 1305, 1356, 3819, 3822, 8028, 8200, 8214, 8121, 1229, 1235]
    const ofGuide = [1061, 1146, 1451, 1265, 8108]
    const ofConnections = ['ECONNREFUSED', 'ENOTFOUND', 3159, 'HANDSHAKE_SSL_ERROR', 1045, 1049, 1044]
    const others = ['ETIMEDOUT', 'PROTOCOL_CONNECTION_LOST', 'CONNECTION_CLOSED', 1452, 1215, 1317, 3024]
    expect(codes).toEqual(expect.arrayContaining([...ofGate, ...ofGuide, ...ofConnections, ...others]))
  })

  test('answers all seven issues of the guide, and says which of its remedies are wrong', () => {
    const of = (section: string) =>
      catalogue.filter(({ guide }) => guide?.sections.some((name) => name === section))
    const issues = Array.from({ length: 7 }, (_, at) => `Issue ${at + 1}`)
    for (const issue of issues) expect(of(issue), issue).not.toEqual([])
    for (const section of [...issues, 'Rollback Procedure', 'Backup Database', 'Slow Query Monitoring'])
      expect(
        of(section).some(({ guide }) => guide?.wrong !== undefined),
        section,
      ).toBe(true)
  })

  test('has one entry for each id, and a reason where the server cannot be brought to it', () => {
    const ids = catalogue.map(({ id }) => id)
    expect(ids).toEqual([...new Set(ids)])
    const not = catalogue.flatMap((entry) => ('notProduced' in entry ? [entry.id] : []))
    expect(not).toEqual(['storage', 'EHOSTUNREACH'])
  })

  test('fills its remedies only with names that they know', () => {
    const groups = catalogue.flatMap(({ says }) => [...`${says?.source}`.matchAll(/\(\?<(\w+)>/g)])
    expect(groups.length).toBeGreaterThan(20)
    for (const [, group] of groups) expect(Object.keys(openNames)).toContain(group)
  })

  test('has something to type for each', () => {
    const without = catalogue.filter(({ remedy }) =>
      remedy(openNames).every(({ sql, command }) => sql === undefined && command === undefined),
    )
    expect(without.map(({ id }) => id)).toEqual([])
  })

  test('names only commands and variables that there are', () => {
    const commands = catalogue.flatMap(({ remedy }) =>
      remedy(openNames).flatMap(({ command }) => command ?? []),
    )
    for (const command of commands) {
      const words = command.split(' ')
      const set = words.filter((word) => /^[A-Z_]+=/.test(word)).map((word) => word.split('=')[0] ?? '')
      expect(Object.keys(variables)).toEqual(expect.arrayContaining(set))
      const tool = words[set.length] ?? ''
      expect(['npx', 'nc', 'getent', 'openssl', 'mysql', 'mysqldump', 'dumpling'], command).toContain(tool)
    }
  })

  test('is docs/errors.md', async () => {
    const file = inProject('docs/errors.md')
    await expect(cataloguePage()).toMatchFileSnapshot(file)
  })
})

describe('advice', () => {
  test('takes what is known first, then the names in the message, then capitals', () => {
    const said = { code: 3822, message: "Duplicate check constraint name 'chk'." }
    expect(adviceFor(said)?.next).toContain('ALTER TABLE `TABLE` ALTER CONSTRAINT `chk` ENFORCED;')
    expect(adviceFor(said, { table: 'Event', name: 'own' })?.next).toContain('`Event` ALTER CONSTRAINT `own`')
    expect(adviceFor(said, { table: '' })?.next).toContain('`TABLE`')
  })

  test('quotes names as the server wants them', () => {
    const said = { code: 1061, message: "index already exist it's`odd" }
    const { next } = adviceFor(said, { table: 'a`b' }) ?? {}
    expect(next).toContain("SHOW INDEX FROM `a``b` WHERE Key_name = 'it''s`odd';")
    expect(next).toContain("RENAME INDEX `it's``odd` TO `it's``odd_old`;")
  })

  test.each([
    [1142, "SHOW command denied to user 'u'@'%' for table 'stats_meta'", '1142.statistics'],
    [1142, "SHOW VIEW command denied to user 'u'@'%' for table 'v'", '1142'],
    [1305, 'FUNCTION d.f does not exist', '1305.function'],
    [1356, "View 'mysql.tidb_mdl_view' references invalid table(s)", '1356.metadata-locks'],
    [1064, 'You have an error … near "IF EXISTS `a b`" ', '1064.if-exists'],
    [1064, 'You have an error … near "FORM x" ', '1064'],
    [1105, 'some other warning', undefined],
    [4711, 'what nobody knows', undefined],
  ])('for %i %s', (code, message, id) => {
    expect(findEntry(code, message)?.id).toBe(id)
  })

  test('comes with the statement that failed', () => {
    const sql = 'SELECT x FROM t'
    const error = thrownBy({ errno: 1317, sqlState: '70100', sql }, 'Query execution was interrupted')
    expect(messageOfAdvice(error)).toMatch(
      /^SERVER_ERROR: 1317: Query execution was interrupted, to: SELECT x FROM t\n {2}why: {2}Somebody[\s\S]*\n {2}next: See who/,
    )
    const long = thrownBy({ errno: 4711, sql: 'x'.repeat(9_999) }, 'm')
    expect(messageOfAdvice(long)).toMatch(
      /^SERVER_ERROR: 4711: m, to: x{300}\n {2}next: Run the statement by hand/,
    )
  })

  test('leaves alone what is no error of the server', () => {
    const own = new HarnessError('VIOLATING_ROWS', { what: 'x', next: 'y' })
    const others = [
      own,
      new Error('plain'),
      thrownBy({ code: 'ENOENT', errno: -2 }, 'no file'),
      'text',
      undefined,
    ]
    for (const other of others) expect(withAdvice(other)).toBe(other)
  })

  test('of a lost connection', () => {
    const lost = thrownBy({ code: 'PROTOCOL_CONNECTION_LOST', fatal: true }, 'Connection lost')
    expect(messageOfAdvice(lost)).toMatch(
      /SERVER_ERROR: PROTOCOL_CONNECTION_LOST[\s\S]*ddl_jobs[\s\S]*npx vitest run/,
    )
  })
})

test('a failed connection is told with cause and remedy, and without the password', () => {
  const place = { host: 'db.example.com', port: 4000, user: 'u', database: 'd', password: 's3cret' }
  const refused = thrownBy({ code: 'ECONNREFUSED', errno: -111 }, 'connect ECONNREFUSED')
  const { message } = unreachable(place, refused)
  expect(message).toMatch(/^TARGET_UNREACHABLE: u@db\.example\.com:4000\/d: nothing listens there\./)
  expect(message).toContain('nc -vz -w 10 db.example.com 4000')
  expect(message).not.toContain('s3cret')
  expect(unreachable(place, new Error('odd')).message).toMatch(
    /: odd\.\n {2}why: {2}the driver: odd\n {2}next: Check DATABASE_URL\.$/,
  )
})
