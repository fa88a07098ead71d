import { randomUUID } from 'node:crypto'
import { startEngineFor } from '../../helpers/core/server/start.ts'
import { openWriteSession } from '../../helpers/core/server/write-session.ts'
import { quoteName } from '../../helpers/core/text/quote.ts'
import type { Lock } from '../../helpers/migrate/lock/lock.ts'
import { makeLock } from '../../helpers/migrate/lock/make-lock.ts'
import { type Files, writeMigration } from './test-migration.ts'

export const schema = `
CREATE TABLE \`Order\` (id INT PRIMARY KEY, a INT, b VARCHAR(20), j JSON, KEY k_old (a));
CREATE TABLE Spare (id INT, a INT, KEY k (a), KEY k2 (a), CONSTRAINT spare_1 CHECK (a > 0), CONSTRAINT spare_2 CHECK (a < 9));
CREATE TABLE Item (id INT PRIMARY KEY AUTO_INCREMENT, a INT, at TIMESTAMP DEFAULT '2026-01-02 03:04:05');
`
const views = 'CREATE VIEW v AS SELECT id, a FROM `Order`;\nCREATE VIEW v_over AS SELECT id FROM v;'
const data = [
  "INSERT INTO `Order` (id, a, b) VALUES (1, 1, 'x'), (2, NULL, 'y'), (3, 30, NULL)",
  'INSERT INTO Item (a) VALUES (1), (2)',
]

export interface LockBench extends AsyncDisposable {
  /** Makes the lock of a migration in a database of its own. */
  lockFrom(files: Partial<Files>): Promise<Lock>
}

/**
 * An engine of its own: a lock is refused when anything on the server changes, so the tests beside this one
 * would stand in its way.
 */
export const startLockBench = async (): Promise<LockBench> => {
  const engine = await startEngineFor({ TIDB_SERVER_BIN: process.env['TIDB_SERVER_BIN'] }, () => {})
  const lockFrom = async (files: Partial<Files>) => {
    const database = `lock_${randomUUID().slice(0, 8)}`
    using written = writeMigration(database, { schema, views, ...files })
    await using admin = await openWriteSession(engine)
    await admin.run(`CREATE DATABASE ${quoteName(database)}`)
    const connect = () => openWriteSession(engine, database)
    const load = async () => {
      await using session = await connect()
      for (const sql of data) await session.run(sql)
    }
    try {
      return await makeLock(connect, written.migration, load)
    } finally {
      await admin.run(`DROP DATABASE IF EXISTS ${quoteName(database)}`)
    }
  }
  return { lockFrom, [Symbol.asyncDispose]: engine.stop }
}
