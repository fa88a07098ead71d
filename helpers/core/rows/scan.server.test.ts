import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { openTestSchema, type TestSchema, tableOf } from '../../../drills/support/test-shapes.ts'
import { readSnapshot } from '../schema/read-snapshot.ts'
import type { SqlValue } from '../server/session.ts'
import { type ScanLimits, scanTable } from './scan.ts'

const rowsIn = 1_000
const numbers = `(SELECT a.n * 100 + b.n * 10 + c.n AS n FROM Ten a, Ten b, Ten c) AS numbers`
let schema: TestSchema
beforeAll(async () => {
  schema = await openTestSchema(
    'scan',
    `CREATE TABLE Ten (n INT PRIMARY KEY);
INSERT INTO Ten VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9);
CREATE TABLE Number (id BIGINT PRIMARY KEY, v INT);
INSERT INTO Number SELECT n * 9007199254740, n FROM ${numbers};
CREATE TABLE Pair (a INT, b VARCHAR(20), v INT, PRIMARY KEY (a, b) CLUSTERED);
INSERT INTO Pair SELECT n DIV 100, CONCAT('ü-', n), n FROM ${numbers};
CREATE TABLE Text (id VARCHAR(40) COLLATE utf8mb4_general_ci, v INT, PRIMARY KEY (id) CLUSTERED);
INSERT INTO Text SELECT CONCAT(IF(n % 2, 'Key', 'kEY'), n, ''''), n FROM ${numbers};
CREATE TABLE Bytes (id VARBINARY(16), v INT, PRIMARY KEY (id) CLUSTERED);
INSERT INTO Bytes SELECT LEFT(UNHEX(MD5(n)), 16), n FROM ${numbers};
CREATE TABLE Moment (id DATETIME(6), v INT, PRIMARY KEY (id) CLUSTERED);
INSERT INTO Moment SELECT TIMESTAMP('2026-01-01') + INTERVAL n * 333 MICROSECOND, n FROM ${numbers};
CREATE TABLE Keyless (v INT);
INSERT INTO Keyless SELECT n FROM ${numbers};
CREATE TABLE Aside (id VARCHAR(40), v INT, PRIMARY KEY (id) NONCLUSTERED);
INSERT INTO Aside SELECT MD5(n), n FROM ${numbers};
CREATE TABLE Nothing (id INT PRIMARY KEY);
CREATE TABLE Parted (id INT PRIMARY KEY, v INT) PARTITION BY HASH (id) PARTITIONS 4;
INSERT INTO Parted SELECT n, n FROM ${numbers};`,
  )
})
afterAll(() => schema[Symbol.asyncDispose]())

const all: ScanLimits = { budgetMs: 60_000, chunkRows: 150, pauseMs: 0 }
const scan = async (name: string, limits: ScanLimits = all) => {
  const table = tableOf(await readSnapshot(schema.read), name)
  const seen: number[] = []
  const parts: { where: string; values: SqlValue[] }[] = []
  const scanned = await scanTable(schema.read, table, limits, async ({ where, values }) => {
    parts.push({ where, values })
    const sql = `SELECT ${name === 'Nothing' ? 'id AS v' : 'v'} FROM ${name} WHERE ${where}`
    for (const { v } of await schema.read.rows(z.object({ v: z.number() }), sql, values)) seen.push(v)
  })
  return { scanned, seen, parts }
}

describe('a scan in chunks', () => {
  test.each(['Number', 'Pair', 'Text', 'Bytes', 'Moment', 'Keyless', 'Aside', 'Parted'])(
    'reads every row of %s once',
    async (name) => {
      const { scanned, seen, parts } = await scan(name)
      expect(scanned.isWhole).toBe(true)
      expect(parts).toHaveLength(7)
      expect(seen.toSorted((a, b) => a - b)).toEqual(Array.from({ length: rowsIn }, (_, n) => n))
    },
  )

  test('of an empty table is one chunk', async () => {
    const { scanned, parts } = await scan('Nothing')
    expect([scanned.isWhole, parts.length]).toEqual([true, 1])
  })

  test.each(['Number', 'Pair', 'Bytes', 'Keyless'])(
    'reads no row of %s outside of the chunk',
    async (name) => {
      const { where, values } = (await scan(name)).parts[3] ?? { where: '', values: [] }
      const plan = await schema.read.rows(
        z.object({ id: z.string() }),
        `EXPLAIN SELECT v FROM ${name} WHERE ${where}`,
        values,
      )
      expect(plan.map(({ id }) => id).join(' ')).toMatch(/TableRangeScan/)
    },
  )

  test('ends with its budget, says how far it came, and tells its progress', async () => {
    const told: number[] = []
    const limits = { ...all, budgetMs: 0, progress: (rows: number) => told.push(rows) }
    expect(await scan('Number', limits)).toMatchObject({ scanned: { rows: 150, isWhole: false } })
    expect(told).toEqual([150])
  })

  test('pauses between chunks', async () => {
    const startedAt = performance.now()
    await scan('Number', { ...all, pauseMs: 50 })
    expect(performance.now() - startedAt).toBeGreaterThan(6 * 50)
  })
})
