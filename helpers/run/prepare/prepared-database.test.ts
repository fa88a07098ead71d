import { appendFileSync, cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { cacheKeyOf } from '../../core/server/prepared/manifest.ts'
import { serverInputs } from '../../core/server/prepared/preparation.ts'
import { readMigration } from '../../migrate/folder/migration.ts'
import { databasePreparation } from './prepared-database.ts'

const options = { SEED: 7, SCALE: 'small', CONNECTIONS: 4, TRAFFIC: 'on', say: () => {} } as const
let folder: string
let database: string

beforeEach(() => {
  const v3 = readMigration('v3')
  database = v3.database
  folder = mkdtempSync(join(tmpdir(), 'prepared-database-'))
  cpSync(v3.dir, join(folder, 'v3'), { recursive: true })
  cpSync(v3.baselineDir, join(folder, 'baseline'), { recursive: true })
})
afterEach(() => rmSync(folder, { recursive: true }))

const key = (more: Partial<Parameters<typeof databasePreparation>[1]> = {}) =>
  cacheKeyOf(
    databasePreparation({ ...readMigration(join(folder, 'v3')), database }, { ...options, ...more }).inputs,
  )
const append = (file: string, text: string) => () => appendFileSync(join(folder, file), text)

describe('another key of the prepared database for another', () => {
  test.each<[string, () => void]>([
    ['schema', append('baseline/schema.sql', '-- one more line\n')],
    ['view', append('baseline/views.sql', '-- one more line\n')],
    ['generator', append('baseline/data/index.ts', '// one more line\n')],
    ['table of the generator', append('baseline/data/orders.ts', '// one more line\n')],
    ['list that the generator may read', () => writeFileSync(join(folder, 'baseline/data/names.txt'), 'Ada')],
    [
      'list that a link leads to',
      () => {
        writeFileSync(join(folder, 'names.txt'), 'Ada')
        symlinkSync(join(folder, 'names.txt'), join(folder, 'baseline/data/names.txt'))
      },
    ],
    ['data.sql', () => writeFileSync(join(folder, 'baseline/data.sql'), 'INSERT INTO t VALUES (1);')],
    ['seed.sql of the application', append('v3/application/seed.sql', '-- one more line\n')],
    [
      'name of the database',
      () => {
        database = 'other'
      },
    ],
  ])('%s', (_, change) => {
    const before = key()
    change()
    expect(key()).not.toBe(before)
  })

  test('seed, scale and traffic', () => {
    const keys = [key(), key({ SEED: 8 }), key({ SCALE: 'medium' }), key({ TRAFFIC: 'off' })]
    expect(new Set(keys).size).toBe(keys.length)
  })
})

test('the number of connections that load makes no other key, and no seed.sql does without buyers', () => {
  expect(key({ CONNECTIONS: 1 })).toBe(key())
  const before = key({ TRAFFIC: 'off' })
  appendFileSync(join(folder, 'v3/application/seed.sql'), '-- one more line\n')
  expect(key({ TRAFFIC: 'off' })).toBe(before)
})

test('another key for another server, and for another time zone', async () => {
  const of = async (path: string, source: 'PATH' | 'cache') =>
    cacheKeyOf(await serverInputs({ path, source }))
  const [one, two] = [join(folder, 'one'), join(folder, 'two')]
  writeFileSync(one, 'a server')
  writeFileSync(two, 'another server')
  expect(await of(one, 'PATH')).not.toBe(await of(two, 'PATH'))
  expect(await of('/cache/engine-1/tidb-server', 'cache')).not.toBe(
    await of('/cache/engine-2/tidb-server', 'cache'),
  )
  const here = await of(one, 'PATH')
  const zone = process.env['TZ']
  process.env['TZ'] = 'Asia/Tokyo'
  expect(await of(one, 'PATH')).not.toBe(here)
  if (zone === undefined) delete process.env['TZ']
  else process.env['TZ'] = zone
})
