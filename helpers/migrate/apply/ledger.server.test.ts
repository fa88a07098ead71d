import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { withDatabase } from '../../../drills/support/test-server.ts'
import { readSnapshot } from '../../core/schema/read-snapshot.ts'
import { openRawWriteSession } from '../../core/server/session.ts'
import { assertSameDatabase, openLedger, readFirstBefore, recordFirstBefore } from './ledger.ts'

let reportsDir: string
beforeEach(() => {
  reportsDir = mkdtempSync(join(tmpdir(), 'ledger-'))
})
afterEach(() => rmSync(reportsDir, { recursive: true }))

const at = (target: string, database: string, migration = 'v3') =>
  openLedger({ reportsDir, target, database, migration }).dir

describe('the folder of a ledger', () => {
  test('is one for a database of a target and a migration', () => {
    const dirs = [
      at('prod', 'shop'),
      at('prod', 'eu-shop'),
      at('prod-eu', 'shop'),
      at('staging', 'shop'),
      at('prod', 'shop-v3'),
      at('prod', 'shop', 'v4'),
    ]
    expect(new Set(dirs).size).toBe(dirs.length)
  })
  test('is the same however the name of the database is written', () => {
    expect(at('prod', 'SHOP')).toBe(at('prod', 'shop'))
  })
  test('has a name that every file system takes', () => {
    expect(basename(at('prod', '售票系统'.repeat(16))).length).toBeLessThan(64)
    expect(basename(at('prod', '../..'))).toMatch(/^[\w-]+$/)
  })
})

test('a ledger is not taken for a database that was made anew behind the same address', async () => {
  await using database = await withDatabase('Ledger')
  await using session = await openRawWriteSession(database.address)
  await session.script('CREATE TABLE `Order` (id INT); CREATE TABLE Item (id INT)')
  const ledger = openLedger({ reportsDir, target: 'prod', database: 'shop', migration: 'v3' })
  await recordFirstBefore(ledger, session, await readSnapshot(session))
  expect(readFirstBeforeTables(ledger)).toEqual(['Item', 'Order'])

  await session.script('DROP TABLE Item; TRUNCATE `Order`; CREATE TABLE Item (id INT)')
  await expect(assertSameDatabase(ledger, session)).rejects.toThrow(
    /LEDGER_OF_ANOTHER_DATABASE[\s\S]*Nothing was changed/,
  )
  await expect(recordFirstBefore(ledger, session, await readSnapshot(session))).rejects.toThrow(
    /LEDGER_OF_ANOTHER_DATABASE/,
  )
})

const readFirstBeforeTables = (ledger: ReturnType<typeof openLedger>) => {
  ledger.append('steps.jsonl', {})
  return readFirstBefore(ledger).schema.tables.map(({ name }) => name)
}
