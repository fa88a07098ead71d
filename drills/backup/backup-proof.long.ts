import { existsSync, globSync } from 'node:fs'
import { cp, readdir, readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { type BackupStandIn, startBackupStandIn } from '../support/backup-stand-in.ts'
import { drillDatabase } from '../support/fixture.ts'
import { assertSecretKept } from '../support/secrets.ts'
import { oddPassword, type StandIn } from '../support/stand-in.ts'

let stand: BackupStandIn
let prod: StandIn
let backups: string
/** The manifest of the good backup. */
let manifest: string

beforeAll(async () => {
  stand = await startBackupStandIn()
  ;({ prod, backups } = stand)
})
afterAll(async () => stand[Symbol.asyncDispose]())

test('npm run backup makes, proves and names a backup, with an account that can only read', async () => {
  // Switching it off forgets what other accounts sent.
  await prod.sql('SET GLOBAL tidb_enable_stmt_summary = OFF', 'SET GLOBAL tidb_enable_stmt_summary = ON')
  const made = await stand.backUp()
  expect(made.exitCode, made.all).toBe(0)
  expect(made.stderr).toMatch(/16 tables, 5 views, 10,168 rows: \d+ files, 1\.5 MB/)
  expect(made.stderr).toContain(
    'restored into a scratch server: 16 tables, 5 views and every row are the same',
  )
  manifest = made.stdout.trim()
  expect(existsSync(manifest)).toBe(true)

  await using session = await prod.connect()
  const sent = await session.rows(
    z.object({ type: z.string() }),
    `SELECT DISTINCT STMT_TYPE AS type FROM information_schema.cluster_statements_summary
      WHERE SAMPLE_USER = 'migration_check'`,
  )
  const types = sent.map(({ type }) => type)
  expect(types).toContain('Select')
  // dumpling opens a transaction to read in, and has the server guess the number of rows.
  const reading = ['Select', 'Show', 'Set', 'Use', 'Begin', 'ExplainSQL']
  expect(types.filter((type) => !reading.includes(type))).toEqual([])
})

test('what it cannot make it says: no right to see views, nothing to keep', async () => {
  await prod.sql("REVOKE SHOW VIEW ON ticketbookingdb.* FROM 'migration_check'@'%'")
  const blind = await stand.backUp()
  await prod.sql("GRANT SHOW VIEW ON ticketbookingdb.* TO 'migration_check'@'%'")
  expect(blind.exitCode).toBe(1)
  expect(blind.stderr).toMatch(
    /PRIVILEGES_MISSING: migration_check@% lacks: SHOW VIEW[\s\S]*sql\/grants\.sql/,
  )
  expect(blind.stdout).toBe('')
  const thrownAway = await stand.backUp({ TARGET: 'embedded' })
  expect(thrownAway.exitCode).toBe(1)
  expect(thrownAway.stderr).toMatch(/BACKUP_NEEDS_A_TARGET[\s\S]*TARGET=prod npm run backup/)
  expect(await readdir(backups)).toHaveLength(1)
})

describe('the manifest as proof of a backup', () => {
  test('is accepted, looked at and restored before the first step', async () => {
    const outcome = await stand.apply({ BACKUP_MANIFEST: manifest })
    expect(outcome.red, outcome.tail).toEqual([])
    expect(outcome.summary?.backupEvidence).toBe(`the manifest ${manifest}`)
    expect(outcome.summary?.backup).toMatchObject({ tables: 16, views: 5, rows: 10_168 })
    const states = outcome.summary?.checks.filter(({ section }) => section === 'backup')
    expect(states?.map(({ id, status }) => `${id} ${status}`)).toEqual([
      'backup.recovery-window passed',
      'backup.complete passed',
      'backup.restores passed',
      'backup.guide-command skipped',
    ])
  })

  test('is not restored on a machine without an engine, and the report says so', async () => {
    const nothing = { PATH: '/nonexistent', ENGINE_CACHE: join(backups, 'none') }
    const outcome = await stand.apply({ BACKUP_MANIFEST: manifest, ...nothing })
    expect(outcome.red, outcome.tail).toEqual([])
    const restores = outcome.summary?.checks.find(({ id }) => id === 'backup.restores')
    expect(restores).toMatchObject({
      status: 'skipped',
      reason: expect.stringMatching(
        /^it was restored and compared when it was made, at \S+; not again here: there is no second server to restore into: There is no tidb-server here/,
      ),
    })
    const wanted = await stand.apply({ BACKUP_DIR: backups, ...nothing })
    expect(wanted.red, wanted.tail).toEqual(['backup.complete'])
    expect(wanted.reasonOf('backup.complete')).toMatch(/BACKUP_TOOL_UNAVAILABLE[\s\S]*Install Go/)
  })

  test.for<[string, (dir: string) => Promise<unknown>, Record<string, string>, RegExp]>([
    [
      'edited',
      async (dir) => {
        const file = join(dir, 'backup.json')
        await writeFile(file, (await readFile(file, 'utf8')).replace('"name": "prod"', '"name": "prud"'))
      },
      {},
      /REFUSED[\s\S]*BACKUP_EDITED[\s\S]*next: TARGET=prod npm run backup/,
    ],
    [
      'cut short',
      // Its number has as many digits as the estimate of rows asks for.
      (dir) => truncate(join(dir, globSync('ticketbookingdb.Order.*.sql', { cwd: dir })[0] ?? ''), 1000),
      {},
      /REFUSED[\s\S]*BACKUP_DAMAGED: .*Order\.0+\.sql has 1000 bytes; it had/,
    ],
    [
      'of another database',
      () => prod.sql('CREATE DATABASE other', 'GRANT SELECT ON other.* TO migration_apply'),
      { DATABASE_URL: 'other' },
      /REFUSED[\s\S]*BACKUP_OF_ANOTHER_DATABASE: .* is of ticketbookingdb at localhost:\d+; this is other at localhost/,
    ],
  ])('is refused when the backup is %s', async ([name, spoil, variables, says]) => {
    const dir = join(backups, '..', name.replaceAll(' ', '-'))
    await cp(join(manifest, '..'), dir, { recursive: true })
    await spoil(dir)
    const { DATABASE_URL: database = drillDatabase } = variables
    const DATABASE_URL = prod.urlOf('migration_apply', database)
    const outcome = await stand.apply({ BACKUP_MANIFEST: dir, DATABASE_URL }, [])
    expect(outcome.output).toMatch(says)
    expect(outcome.exitCode).not.toBe(0)
  })

  test('is made by the run itself where BACKUP_DIR is set; where it cannot be, nothing is changed', async () => {
    const made = await stand.apply({ BACKUP_DIR: backups })
    expect(made.red, made.tail).toEqual([])
    expect(await readdir(backups)).toHaveLength(2)
    const outcome = await stand.apply({ BACKUP_DIR: '/dev/null/backups' }, [])
    expect(outcome.reasonOf('backup.complete'), outcome.tail).toMatch(
      /BACKUP_NOT_WRITTEN: The folder \/dev\/null/,
    )
    expect(outcome.summary?.steps).toEqual([])
    expect(outcome.summary?.checks.find(({ id }) => id === 'indexes.apply')).toMatchObject({
      status: 'skipped',
      reason: 'the section backup failed',
    })
    const back = await stand.apply({ MODE: 'rollback', BACKUP_DIR: '/dev/null/backups' }, [])
    expect(back.summary?.steps).toEqual([])
    expect(back.summary?.checks.find(({ id }) => id === 'rollback.apply')).toMatchObject({
      status: 'skipped',
      reason: 'the section backup failed',
    })
    const alone = await stand.apply({ BACKUP_DIR: backups }, ['specs/01-preflight', 'specs/04-indexes'])
    expect(alone.reasonOf('indexes.apply')).toMatch(/SECTION_MISSING: The section backup has not run/)
    expect(alone.summary?.steps).toEqual([])
  })
})

test('a check says how a backup is made, and evidence is recorded beside the recovery window', async () => {
  const checked = await prod.run(prod.as('migration_check'), ['specs/01-preflight', 'specs/02-backup'])
  const states = checked.summary?.checks.filter(({ section }) => section === 'backup') ?? []
  expect(states.map(({ status }) => status)).toEqual(['passed', 'skipped', 'skipped', 'skipped'])
  expect(states[1]?.reason).toMatch(/TARGET=prod npm run backup makes one, by reading only/)
  const trusted = await stand.apply({ BACKUP_EVIDENCE: 'snapshot 7' })
  expect(trusted.red, trusted.tail).toEqual([])
  expect(trusted.summary?.backupEvidence).toBe('snapshot 7')
  const window = trusted.summary?.checks.find(({ id }) => id === 'backup.recovery-window')
  expect(window?.evidence).toMatchObject({
    backupEvidence: 'snapshot 7',
    gcLifeTime: '10m0s',
    tso: expect.stringMatching(/^\d{18}$/),
  })
})

test('the password stands in nothing that these runs said or left', async () => {
  const { files } = await assertSecretKept(oddPassword, [prod.reports, backups], prod.said)
  expect(files).toBeGreaterThan(100)
})
