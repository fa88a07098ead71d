import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { testServer } from '../../../drills/support/test-server.ts'
import { openReadSession } from '../../core/server/session.ts'
import { openWriteSession } from '../../core/server/write-session.ts'
import { calibratePartA, calibratePartB, sideBySideOf } from './calibrate.ts'
import { calibrationDatabase, withScratchTables } from './scratch-tables.ts'

const server = () => testServer()
const calibrationDatabaseIsThere = async (): Promise<boolean> => {
  await using session = await openReadSession(server().address)
  const found = await session.rows(z.unknown(), 'SHOW DATABASES LIKE ?', [calibrationDatabase])
  return found.length > 0
}

describe('a trial on a throw-away server', () => {
  test('tells latency, time a unit and how many side by side, and leaves nothing behind', async () => {
    const { index, analyze } = await calibratePartA(server(), { largestRows: 40_000, connections: 3 })
    for (const rates of [index, analyze]) {
      expect(rates.latencyMs).toBeGreaterThan(0)
      expect(rates.unitMs).toBeGreaterThan(0)
    }
    const constraint = await calibratePartB(server(), { largestRows: 40_000, connections: 3 }, 0.25)
    expect(constraint).toMatchObject({ latencyMs: expect.any(Number), unitMs: 0.25 })
    expect(await calibrationDatabaseIsThere()).toBe(false)
  })

  test('drops first what a killed run left', async () => {
    await using admin = await openWriteSession(server())
    await admin.script(
      `CREATE DATABASE ${calibrationDatabase}; CREATE TABLE ${calibrationDatabase}.large (other INT)`,
    )
    const rows = await withScratchTables(
      server(),
      { rows: 1_500, parts: 2 },
      async ({ session, large, parts }) => {
        const counts: number[] = []
        for (const { table } of [large, ...parts]) {
          const { count } = await session.row(
            z.object({ count: z.number() }),
            `SELECT COUNT(*) AS \`count\` FROM ${table}`,
          )
          counts.push(count)
        }
        return counts
      },
    )
    expect(rows).toEqual([1_500, 375, 375])
    expect(await calibrationDatabaseIsThere()).toBe(false)
  })

  test('has a part that is far smaller than the large one, also with one connection', async () => {
    const [large, part] = await withScratchTables(server(), { rows: 1_000, parts: 1 }, async (scratch) => [
      scratch.large.rows,
      scratch.parts[0]?.rows,
    ])
    expect([large, part]).toEqual([1_000, 250])
  })

  test('drops its tables when it fails', async () => {
    const failing = withScratchTables(server(), { rows: 1, parts: 1 }, async ({ session }) => {
      await session.run('SELECT * FROM missing')
    })
    await expect(failing).rejects.toThrow(/missing' doesn't exist/)
    expect(await calibrationDatabaseIsThere()).toBe(false)
  })

  test('never happens on another server', async () => {
    const { address } = server()
    await expect(
      calibratePartA({ address, token: 'of another run' }, { largestRows: 1, connections: 1 }),
    ).rejects.toThrow(/NOT_THROW_AWAY/)
    await expect(
      calibratePartB({ address, token: '' }, { largestRows: 1, connections: 1 }, 1),
    ).rejects.toThrow(/NOT_THROW_AWAY/)
    expect(await calibrationDatabaseIsThere()).toBe(false)
  })
})

test.each([
  ['four that take as long together as one alone', 4, 100, 100, 4],
  ['four that take four times as long', 4, 100, 400, 1],
  ['four that take longer than one after the other', 4, 100, 900, 1],
  ['four that take less than one alone', 4, 100, 20, 4],
  ['four that take twice as long', 4, 100, 200, 2],
])('%s', (_, parts, alone, together, wanted) => {
  expect(sideBySideOf(parts, alone, together)).toBe(wanted)
})
