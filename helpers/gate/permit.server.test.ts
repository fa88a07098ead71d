import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { passOf } from '../../drills/support/pass.ts'
import { writeBackup } from '../../drills/support/test-backup.ts'
import { openTestSchema, type TestSchema } from '../../drills/support/test-shapes.ts'
import { readSnapshot } from '../core/schema/read-snapshot.ts'
import { openWriteSession } from '../core/server/write-session.ts'
import { readMigration } from '../migrate/folder/migration.ts'
import { readLock } from '../migrate/lock/lock.ts'
import { confirmedServer } from './confirmed-server.ts'
import { assertRequest, type Permit, type Request } from './permit.ts'
import { type PermittedPlace, readPlace } from './permitted-place.ts'
import { takeRunnerLease } from './runner-lease.ts'

const folder = mkdtempSync(join(tmpdir(), 'harness-permit-'))
let schema: TestSchema
beforeAll(async () => {
  schema = await openTestSchema(
    'permit',
    'CREATE TABLE T (id INT PRIMARY KEY);\nINSERT INTO T VALUES (1), (2)',
  )
})
afterAll(async () => {
  await schema[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true })
})

const lock = readLock(readMigration('v3'))
const passFile = join(folder, 'pass.json')
const request = (changes: Partial<Request> = {}): Request => ({
  mode: 'apply',
  targetName: 'prod',
  confirm: schema.address.database,
  pass: {
    ...{
      file: passFile,
      migration: 'v3',
      given: 'v3',
      lockHash: lock.hash,
      days: 7,
      askedAt: Date.now(),
      except: [],
    },
  },
  backup: { evidence: 'snapshot 7', manifest: undefined, isMadeByRun: false, hours: 24, budgetRows: 9 },
  ...changes,
})
const ask = (changes: Partial<Request> = {}, pass: unknown = passOf()) => {
  writeFileSync(passFile, JSON.stringify(pass))
  return assertRequest({ address: schema.address }, request(changes), 'beginning')
}
const refused = (codes: string[]) => ({ code: 'REFUSED', fields: { refusals: codes } })
const unnamed = (backup: Partial<Request['backup']>) => ({
  ...request().backup,
  evidence: undefined,
  ...backup,
})

describe('a request', () => {
  test('with all of CONFIRM, a pass and proof of a backup is granted, with the pass', async () => {
    const pass = passOf()
    expect(await ask({}, pass)).toEqual(pass)
  })

  test('without CONFIRM is refused, with the command to type', async () => {
    await expect(ask({ confirm: undefined })).rejects.toMatchObject({
      ...refused(['NOT_CONFIRMED']),
      message: expect.stringMatching(
        /CONFIRM is not set; DATABASE_URL leads to permit_\w+\.\n[\s\S]*Nothing was changed\.\n {2}next: TARGET=prod MODE=apply CONFIRM=permit_\w+ BACKUP_MANIFEST=/,
      ),
    })
  })

  test.each(['shop', 'PERMIT', ''])(
    'with CONFIRM=%s, which is not what the server says, is refused',
    async (confirm) => {
      await expect(ask({ confirm })).rejects.toMatchObject(refused(['NOT_CONFIRMED']))
    },
  )

  test('with a pass of another release line than the server is of', async () => {
    await expect(ask({}, passOf({ releaseLine: '8.5' }))).rejects.toMatchObject(
      refused(['PASS_OF_ANOTHER_RELEASE']),
    )
  })

  test('with a backup of other tables than the server has', async () => {
    const { host, port, database } = schema.address
    const manifest = await writeBackup(join(folder, 'other'), {
      ...{ target: { name: 'prod', host, port, version: 'v' }, database },
      tableIds: [{ name: 'T', id: '1' }],
    })
    await expect(ask({ backup: unnamed({ manifest }) })).rejects.toMatchObject({
      ...refused(['BACKUP_OF_ANOTHER_DATABASE']),
      message: expect.stringContaining('is of other tables than those that stand at'),
    })
  })

  test('with a backup that the run would make of more rows than it would restore', async () => {
    await schema.write.run('ANALYZE TABLE T')
    const backup = unnamed({ manifest: join(folder, 'none'), isMadeByRun: true })
    await expect(ask({ backup: { ...backup, budgetRows: 1 } })).rejects.toMatchObject(
      refused(['BACKUP_NOT_RESTORED']),
    )
    // Not 2: rows that are booked while ANALYZE runs are counted twice.
    await expect(ask({ backup: { ...backup, budgetRows: 9 } })).resolves.toBeDefined()
  })

  test('is told of all that it lacks at once', async () => {
    await expect(ask({ confirm: 'x', backup: unnamed({}) }, {})).rejects.toMatchObject(
      refused(['NOT_CONFIRMED', 'PASS_UNREADABLE', 'NO_BACKUP']),
    )
  })
})

describe('a server that may be changed', () => {
  const permitted = async (changes: Partial<Request> = {}, moved: Partial<PermittedPlace> = {}) => {
    writeFileSync(passFile, JSON.stringify(passOf()))
    const held = await takeRunnerLease({ address: schema.address }, () => {})
    const { name, mark } = held
    const place = await readPlace(schema.read, schema.address)
    const permit: Permit = { ...request(changes), runnerLease: { name, mark }, place: { ...place, ...moved } }
    return {
      server: confirmedServer({ address: schema.address }, permit),
      [Symbol.asyncDispose]: () => held[Symbol.asyncDispose](),
    }
  }
  const write = async (server: ReturnType<typeof confirmedServer>, id: number) => {
    await using session = await openWriteSession(server)
    await session.run(`INSERT INTO T VALUES (${id})`)
  }

  test('is written to while the permit and the lock stand', async () => {
    await using target = await permitted()
    await write(target.server, 10)
  })

  test.each<[string, () => Partial<Request>, string]>([
    ['CONFIRM names another database', () => ({ confirm: 'x' }), 'NOT_CONFIRMED'],
    [
      'the pass is gone',
      () => ({ pass: { ...request().pass, file: join(folder, 'gone') } }),
      'NO_REHEARSAL_PASS',
    ],
    ['there is no proof of a backup', () => ({ backup: unnamed({}) }), 'NO_BACKUP'],
  ])('is not where %s', async (_, changes, code) => {
    await using target = await permitted(changes())
    await expect(write(target.server, 11)).rejects.toMatchObject({
      ...refused([code]),
      message: expect.stringContaining('No further step is sent; what is done stays done.'),
    })
    const found = await readSnapshot(schema.read)
    await expect(target.server.guard.assertRehearsed(lock, found)).rejects.toMatchObject(refused([code]))
  })

  test.each<[string, Partial<PermittedPlace>]>([
    ['behind another address', { host: 'elsewhere' }],
    ['of tables that were restored since', { tableIds: [{ name: 'T', id: '1' }] }],
  ])('is not where the permit is for a database %s', async (_, moved) => {
    await using target = await permitted({}, moved)
    await expect(write(target.server, 13)).rejects.toMatchObject({ code: 'PERMIT_OF_ANOTHER_PLACE' })
  })

  test('is not once another runner can have the lock, not even over a connection that is open', async () => {
    await using target = await permitted()
    await using session = await openWriteSession(target.server)
    await target.server.guard.assertHeld(session)
    await target[Symbol.asyncDispose]()
    // The server keeps the lock of a closed connection until its heartbeat ends; who waits for the lock gets it then.
    await using _other = await takeRunnerLease({ address: schema.address }, () => {})
    await expect(target.server.guard.assertHeld(session)).rejects.toMatchObject({ code: 'RUNNER_LOCK_LOST' })
    await expect(write(target.server, 12)).rejects.toMatchObject({ code: 'RUNNER_LOCK_LOST' })
  })

  test('is not where its schema is another than was rehearsed', async () => {
    await using target = await permitted()
    await expect(target.server.guard.assertRehearsed(lock, lock.baseline)).resolves.toBeUndefined()
    await expect(
      target.server.guard.assertRehearsed(lock, await readSnapshot(schema.read)),
    ).rejects.toMatchObject({ code: 'SCHEMA_NOT_REHEARSED' })
  })
})
