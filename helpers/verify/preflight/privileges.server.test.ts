import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { openTestSchema, type TestSchema } from '../../../drills/support/test-shapes.ts'
import { openReadSession } from '../../core/server/session.ts'
import { quoteName } from '../../core/text/quote.ts'
import {
  needsOfCheck,
  needsOfWork,
  type Privileges,
  readPrivileges,
  unmetNeeds,
  type WorkAhead,
} from './privileges.ts'

const script = `
CREATE TABLE T (a INT, b INT);
CREATE TABLE \`Order\` (a INT);
CREATE VIEW v AS SELECT a FROM T
`
let schema: TestSchema
let database: string
let at = 0
beforeAll(async () => {
  schema = await openTestSchema('my_db', script)
  database = schema.address.database ?? ''
})
afterAll(() => schema[Symbol.asyncDispose]())

const quoteAccount = (name: string) => `'${name.replaceAll("'", "''")}'@'%'`

/** Reads the privileges of a new account with these grants; `DB` stands for the test's database. */
const withGrants = async (
  grants: readonly string[],
  options: { suffix?: string; role?: boolean; database?: string } = {},
): Promise<Privileges> => {
  const user = `u${at++}_${database.slice(-8)}${options.suffix ?? ''}`
  const account = quoteAccount(user)
  const run = (sql: string) => schema.write.run(sql)
  await run(`CREATE USER ${account} IDENTIFIED BY 'p'`)
  const role = `'r_${user}'`
  if (options.role !== undefined) await run(`CREATE ROLE ${role}`)
  for (const grant of grants)
    await run(
      `GRANT ${grant.replaceAll('DB', quoteName(database))} TO ${options.role === undefined ? account : role}`,
    )
  if (options.role !== undefined) await run(`GRANT ${role} TO ${account}`)
  if (options.role === true) await run(`SET DEFAULT ROLE ${role} TO ${account}`)
  const { database: _, ...address } = schema.address
  await using session = await openReadSession({ ...address, user, password: 'p' })
  const privileges = await readPrivileges(session, options.database ?? database)
  // What the server itself says of it.
  const mayRead = await session.rows(z.unknown(), `SELECT a, b FROM ${quoteName(database)}.T`).then(
    () => true,
    () => false,
  )
  if (options.database === undefined && !grants.some((grant) => grant.startsWith('SELECT (')))
    expect(mayRead).toBe(privileges.has('SELECT') || grants.includes('SELECT ON DB.T'))
  await run(`DROP USER ${account}`)
  if (options.role !== undefined) await run(`DROP ROLE ${role}`)
  expect(privileges.account).toBe(`${user}@%`)
  return privileges
}

const held = (privileges: Privileges) =>
  ['SELECT', 'INSERT', 'UPDATE', 'ALTER', 'SHOW VIEW', 'SUPER', 'PROCESS', 'SYSTEM_VARIABLES_ADMIN'].filter(
    (name) => privileges.has(name),
  )

describe('an account holds', () => {
  const ofDatabase = ['SELECT', 'INSERT', 'UPDATE', 'ALTER', 'SHOW VIEW']
  test.each<[string, string[], string[]]>([
    ['nothing', [], []],
    ['what it has on everything', ['SELECT, PROCESS ON *.*'], ['SELECT', 'PROCESS']],
    ['all on everything', ['ALL ON *.*'], [...ofDatabase, 'SUPER', 'PROCESS', 'SYSTEM_VARIABLES_ADMIN']],
    ['what it has on the database', ['SELECT, SHOW VIEW ON DB.*'], ['SELECT', 'SHOW VIEW']],
    // SUPER, PROCESS and the dynamic privileges exist on everything only.
    ['all on the database', ['ALL ON DB.*'], ofDatabase],
    ['a dynamic privilege', ['SYSTEM_VARIABLES_ADMIN ON *.*'], ['SYSTEM_VARIABLES_ADMIN']],
    ['both together', ['SUPER ON *.*', 'INSERT ON DB.*', 'UPDATE ON DB.*'], ['INSERT', 'UPDATE', 'SUPER']],
    ['nothing by another database', ['ALL ON mysql.*', 'SELECT ON `test`.*'], []],
    ['nothing by one column', ['SELECT (a), UPDATE (a, b) ON DB.T'], []],
    ['nothing by one table of many', ['SELECT ON DB.T', 'SHOW VIEW ON DB.T', 'INSERT ON DB.`Order`'], []],
    ['what it has on each table that it sees', ['SELECT ON DB.T', 'SELECT ON DB.`Order`'], ['SELECT']],
  ])('%s', async (_, grants, expected) => {
    expect(held(await withGrants(grants))).toEqual(expected)
  })

  test.each([
    ['a role that is active', true, ['SELECT', 'SHOW VIEW']],
    ['a role that is granted only', false, []],
  ])('what is in %s', async (_, role, expected) => {
    expect(held(await withGrants(['SELECT, SHOW VIEW ON DB.*'], { role }))).toEqual(expected)
  })

  test.each(["'s", '"', '`', ' ON `x`.* TO y', '名'])('the same under a name with %s', async (suffix) => {
    expect(held(await withGrants(['SELECT ON DB.*'], { suffix }))).toEqual(['SELECT'])
  })
})

describe('a grant on a pattern', () => {
  test.each([
    [String.raw`my\_db`, true],
    ['my%', true],
    ['%', true],
    ['m__d_%', true],
    [String.raw`my\_%`, true],
    [String.raw`my\%`, false],
    ['my', false],
    ['y_db%', false],
    ['my.db%', false],
    ['my_[a-z]%', false],
  ])('%s holds: %s', async (start, holds) => {
    // A pattern that ends in no wildcard names the database to its end.
    const pattern = start.endsWith('b') ? start + database.slice('my_db'.length) : start
    const privileges = await withGrants([`SELECT ON ${quoteName(pattern)}.*`])
    expect(privileges.has('SELECT')).toBe(holds)
  })
})

describe('a database by the name of', () => {
  test.each(['a b', 'a`b', 'a.b', "it's ON `x` TO y", 'Mixed-Case', '数据', 'a(b)+$^|?', 'a,b'])(
    '%s',
    async (name) => {
      const own = `${name}${database.slice(-8)}`
      await schema.write.run(`CREATE DATABASE ${quoteName(own)}`)
      try {
        const grants = [`SELECT, INSERT ON ${quoteName(own)}.*`]
        expect(held(await withGrants(grants, { database: own }))).toEqual(['SELECT', 'INSERT'])
        expect(held(await withGrants(grants, { database: own.toUpperCase() }))).toEqual(['SELECT', 'INSERT'])
        expect(held(await withGrants(grants, { database: `${own}x` }))).toEqual([])
      } finally {
        await schema.write.run(`DROP DATABASE ${quoteName(own)}`)
      }
    },
  )
})

const all = { mode: 'apply', indexes: true, constraints: true, sets: 'turn the switch ON' } as const
const none = { mode: 'apply', indexes: false, constraints: false, sets: undefined } as const

test('nothing is asked for that this run has no use of', async () => {
  const privileges = await withGrants(['SELECT, SHOW VIEW ON DB.*', 'PROCESS ON *.*'])
  const unmet = (work: WorkAhead) =>
    unmetNeeds(privileges, needsOfWork(work)).map((line) => line.split(', to ')[0])
  expect(unmet(none)).toEqual(['UPDATE'])
  expect(unmet({ ...none, constraints: true })).toEqual(['ALTER', 'UPDATE'])
  expect(unmet({ ...none, indexes: true })).toEqual(['ALTER', 'INDEX', 'INSERT', 'UPDATE'])
  expect(unmet({ ...none, mode: 'rollback' })).toEqual([])
  expect(unmet({ ...all, mode: 'rollback' })).toEqual(['ALTER', 'INDEX', 'SYSTEM_VARIABLES_ADMIN or SUPER'])
})

describe('needs that are not met', () => {
  test.each<[string, string[], string[], string[]]>([
    [
      'an account without rights',
      [],
      ['SELECT, to read the tables', 'SHOW VIEW, to read the texts of the views'],
      [
        'SELECT',
        'SHOW VIEW',
        'PROCESS',
        'ALTER',
        'INDEX',
        'INSERT',
        'UPDATE',
        'SYSTEM_VARIABLES_ADMIN or SUPER',
      ],
    ],
    [
      'a reader',
      ['SELECT, SHOW VIEW ON DB.*'],
      [],
      ['PROCESS', 'ALTER', 'INDEX', 'INSERT', 'UPDATE', 'SYSTEM_VARIABLES_ADMIN or SUPER'],
    ],
    ['the owner of the database', ['ALL ON DB.*'], [], ['PROCESS', 'SYSTEM_VARIABLES_ADMIN or SUPER']],
    ['either of two will do', ['ALL ON DB.*', 'SYSTEM_VARIABLES_ADMIN, PROCESS ON *.*'], [], []],
    ['an administrator', ['ALL ON *.*'], [], []],
  ])('%s', async (_, grants, check, apply) => {
    const privileges = await withGrants(grants)
    expect(unmetNeeds(privileges, needsOfCheck)).toEqual(check)
    expect(unmetNeeds(privileges, needsOfWork(all)).map((line) => line.split(', to ')[0])).toEqual(apply)
  })
})
