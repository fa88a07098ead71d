import { randomUUID } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { z } from 'zod'
import { readStructure, type Structure } from '../../helpers/core/schema/read-structure.ts'
import { openReadSession } from '../../helpers/core/server/session.ts'
import { readCheckSwitch } from '../../helpers/core/server/switch.ts'
import { openWriteSession, type WritableServer } from '../../helpers/core/server/write-session.ts'
import { quoteName } from '../../helpers/core/text/quote.ts'
import { readBaselineFrom } from '../../helpers/run/prepare/baseline-from.ts'
import { prepareDatabase } from '../../helpers/run/prepare/prepare.ts'
import { writeMigration } from '../support/test-migration.ts'
import { testServer } from '../support/test-server.ts'

const database = `prepare_${randomUUID().slice(0, 8)}`
const server = () => testServer()
const address = () => ({ ...server().address, database })
// It drops what it makes, and leaves the switch as the other tests want it.
const administer = async (...statements: string[]) => {
  await using session = await openWriteSession(server())
  for (const sql of statements) await session.run(sql)
}
afterAll(() =>
  administer(
    `DROP DATABASE IF EXISTS ${quoteName(database)}`,
    'SET GLOBAL tidb_enable_check_constraint = ON',
  ),
)

const prepare = async ({ structure, to = server() }: { structure?: Structure; to?: WritableServer } = {}) => {
  using written = writeMigration(database, {
    schema: 'CREATE TABLE t (id INT PRIMARY KEY, a INT);',
    views: 'CREATE VIEW v AS SELECT a FROM t;',
  })
  return await prepareDatabase(to, written.migration, {
    ...{ SEED: 1, SCALE: 'small', CONNECTIONS: 2, TRAFFIC: 'off', structure, say: () => {} },
  })
}
const urlOfTarget = () => {
  const { host, port, user, password } = address()
  return `mysql://${user}:${encodeURIComponent(password)}@${host}:${port}/${database}`
}
/** Reads the structure as BASELINE_FROM does, with these variables in the environment. */
const readFrom = async (root: string, variables: Record<string, string>) => {
  const said: string[] = []
  const before = { ...process.env }
  Object.assign(process.env, variables)
  try {
    const structure = await readBaselineFrom(root, 'prod', (line) => said.push(line))
    return { structure, said }
  } finally {
    for (const name of Object.keys(variables)) delete process.env[name]
    Object.assign(process.env, before)
  }
}
const readAll = async () => {
  await using session = await openReadSession(address())
  const { tables, views } = await readStructure(session)
  const rows = await session.rows(z.object({ id: z.number() }), 'SELECT id FROM t ORDER BY id')
  return { tables, views, ids: rows.map(({ id }) => id), switchOn: await readCheckSwitch(session) }
}

test('a rehearsal begins anew: baseline and views, no row of before, the switch OFF as in production', async () => {
  await administer(
    `CREATE DATABASE IF NOT EXISTS ${quoteName(database)}`,
    `CREATE TABLE ${quoteName(database)}.t (id INT PRIMARY KEY)`,
    `INSERT INTO ${quoteName(database)}.t VALUES (7)`,
    'SET GLOBAL tidb_enable_check_constraint = ON',
  )
  // There is no generator, so nothing is loaded.
  expect(await prepare()).toBeUndefined()
  expect(await readAll()).toEqual({
    tables: [expect.stringContaining('`a` int')],
    views: [expect.stringContaining('VIEW `v`')],
    ids: [],
    switchOn: false,
  })
})

test('it makes the structure of another target instead, where one is given', async () => {
  await administer(`DROP DATABASE IF EXISTS ${quoteName(database)}`)
  await prepare({
    structure: {
      ...{
        database,
        createDatabase: `CREATE DATABASE ${quoteName(database)}`,
        switchOn: false,
        views: [],
        leftOut: [],
      },
      tables: ['CREATE TABLE `t` (`id` int NOT NULL, `theirs` int, PRIMARY KEY (`id`))'],
    },
  })
  expect((await readAll()).tables).toEqual([expect.stringContaining('`theirs` int')])
})

test('a server that is not thrown away is left as it is', async () => {
  await prepare()
  await administer(`INSERT INTO ${quoteName(database)}.t (id) VALUES (3)`)
  const to = { address: server().address, token: 'of another run' }
  await expect(prepare({ to })).rejects.toMatchObject({ code: 'NOT_THROW_AWAY' })
  expect((await readAll()).ids).toEqual([3])
})

test('the structure of a target of the user`s own is read without a row of a table, and said', async () => {
  await prepare()
  await administer(`INSERT INTO ${quoteName(database)}.t (id) VALUES (5)`)
  const { structure, said } = await readFrom('/nowhere', {
    DATABASE_URL: urlOfTarget(),
    ALLOW_PLAINTEXT: '1',
    // What is about the rehearsal says nothing of the target.
    ...{ MODE: 'apply', CONFIRM: 'x', TARGET: 'embedded' },
  })
  expect(structure).toMatchObject({ database, tables: [expect.stringContaining('CREATE TABLE `t`')] })
  expect(said.at(-1)).toMatch(/^baseline from prod, .*: 1 tables, 1 views; structure only, no row was read$/)
})

test('the address of the target may stand in its file alone', async () => {
  await prepare()
  const root = await mkdtemp(join(tmpdir(), 'baseline-from-'))
  await writeFile(join(root, '.env.prod'), `DATABASE_URL=${urlOfTarget()}\nALLOW_PLAINTEXT=1\n`)
  try {
    const { structure } = await readFrom(root, { BASELINE_FROM: 'prod' })
    expect(structure.database).toBe(database)
  } finally {
    await rm(root, { recursive: true })
  }
})

test('what a throw-away server cannot create or must not do is left out, and said', async () => {
  const policy = `policy_${database}`
  const at = (table: string) => `${quoteName(database)}.${quoteName(table)}`
  await administer(
    `DROP DATABASE IF EXISTS ${quoteName(database)}`,
    `CREATE PLACEMENT POLICY ${policy} FOLLOWERS = 2`,
    `CREATE DATABASE ${quoteName(database)} PLACEMENT POLICY = ${policy}`,
    `CREATE TABLE ${at('t')} (id INT PRIMARY KEY COMMENT '/*T![ttl] TTL=1 */') PLACEMENT POLICY = DEFAULT`,
    `CREATE TABLE ${at('parts')} (id INT PRIMARY KEY) PARTITION BY RANGE (id)
      (PARTITION p0 VALUES LESS THAN (9) PLACEMENT POLICY = ${policy}, PARTITION p1 VALUES LESS THAN (20))`,
    `CREATE TABLE ${at('log')} (id INT PRIMARY KEY, at DATETIME) PLACEMENT POLICY = DEFAULT TTL = at + INTERVAL 1 DAY`,
    `CREATE VIEW ${at('v')} AS SELECT /*+ RESOURCE_GROUP(nobody) */ id FROM ${at('t')}`,
    'SET GLOBAL tidb_enable_foreign_key = OFF',
    `CREATE TABLE ${at('child')} (id INT PRIMARY KEY, t INT, CONSTRAINT fk FOREIGN KEY (t) REFERENCES ${at('t')} (id)) PLACEMENT POLICY = DEFAULT`,
    'SET GLOBAL tidb_enable_foreign_key = ON',
  )
  const { structure, said } = await readFrom('/nowhere', {
    DATABASE_URL: urlOfTarget(),
    ALLOW_PLAINTEXT: '1',
  })
  expect(said).toContain(
    `left out, because a rehearsal has no use for it: placement policy of the database, TTL of log, placement policy of parts`,
  )
  await administer(`DROP DATABASE ${quoteName(database)}`, `DROP PLACEMENT POLICY ${policy}`)
  await prepare({ structure })
  const made = await readAll()
  expect(made.tables.toSorted()).toEqual(structure.tables.toSorted())
  expect(made.tables.join('\n')).toContain('/* FOREIGN KEY INVALID */')
  expect(made.views).toEqual(structure.views)
})
