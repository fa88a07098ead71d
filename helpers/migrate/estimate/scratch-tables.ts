import type { WriteSession } from '../../core/server/session.ts'
import type { ThrowAwayServer } from '../../core/server/throw-away.ts'
import { openWriteSession } from '../../core/server/write-session.ts'

export const calibrationDatabase = 'migration_harness_calibration'

/** Tables to try statements out on: one without rows, one large, and some that are alike. */
export interface ScratchTables {
  readonly session: WriteSession
  connect(): Promise<WriteSession>
  readonly large: { readonly table: string; readonly rows: number }
  readonly parts: readonly { readonly table: string; readonly rows: number }[]
}

/** How many columns each of its tables has. */
export const scratchColumns = 10
export const emptyTable = 'empty_one'

const columns = `(
  id INT PRIMARY KEY, a INT, b INT, c DATETIME, d DECIMAL(15,2), e TIMESTAMP NULL, f TINYINT,
  s VARCHAR(100), t VARCHAR(100), u VARCHAR(255)
)`
const seedRows = 1_000
// What a row costs is told by two sizes, so they must not be alike, however few parts there are.
const largeToPart = 4

const fill = async (session: WriteSession, table: string, rows: number): Promise<void> => {
  for (let from = 0; from < rows; from += seedRows)
    await session.run(
      `INSERT INTO ${table}
       SELECT n + ${from}, (n + ${from}) * 7919 % 99991, n % 7, '2026-01-20' + INTERVAL n MINUTE, n / 3, NULL, n % 2,
              CONCAT('customer', n + ${from}, '@example.com'), MD5(n + ${from}), REPEAT('x', n % 60)
         FROM seed WHERE n < ${Math.min(seedRows, rows - from)}`,
    )
}

/**
 * Makes a database of its own on a throw-away server, lets `use` work in it, and drops it. One that a killed run left is
 * dropped first. Throws NOT_THROW_AWAY on any other server.
 */
export const withScratchTables = async <T>(
  server: ThrowAwayServer,
  { rows, parts }: { rows: number; parts: number },
  use: (scratch: ScratchTables) => Promise<T>,
): Promise<T> => {
  await using stack = new AsyncDisposableStack()
  const admin = stack.use(await openWriteSession(server))
  const drop = async () => {
    await admin.run(`DROP DATABASE IF EXISTS ${calibrationDatabase}`)
  }
  await drop()
  await admin.run(`CREATE DATABASE ${calibrationDatabase}`)
  stack.defer(drop)
  const connect = () => openWriteSession(server, calibrationDatabase)
  const session = stack.use(await connect())
  const large = { table: 'large', rows }
  const partRows = Math.max(1, Math.round(rows / Math.max(largeToPart, parts)))
  const alike = Array.from({ length: parts }, (_, at) => ({ table: `part_${at}`, rows: partRows }))
  await session.run('CREATE TABLE seed (n INT PRIMARY KEY)')
  await session.run(`INSERT INTO seed VALUES ${Array.from({ length: seedRows }, (_, n) => `(${n})`).join()}`)
  await session.run(`CREATE TABLE ${emptyTable} ${columns}`)
  for (const { table, rows: count } of [large, ...alike]) {
    await session.run(`CREATE TABLE ${table} ${columns}`)
    await fill(session, table, count)
  }
  return await use({ session, connect, large, parts: alike })
}
