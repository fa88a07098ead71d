import { expect, test } from 'vitest'
import { withDatabase } from '../../../../drills/support/test-server.ts'
import { readSnapshot } from '../../../core/schema/read-snapshot.ts'
import { openWriteSession } from '../../../core/server/write-session.ts'
import { safeReorg } from './fast-reorg.ts'

const off = { variable: 'tidb_ddl_enable_fast_reorg', value: 'OFF', mayBeRefused: false }

test.for([
  ['a clustered string key', 'a VARCHAR(9) PRIMARY KEY CLUSTERED, k INT', [off]],
  ['a clustered composite key with a string', 'a INT, b CHAR(3), k INT, PRIMARY KEY (a, b) CLUSTERED', [off]],
  ['a clustered number', 'a INT PRIMARY KEY CLUSTERED, k INT', []],
  ['a string key that is not clustered', 'a VARCHAR(9) PRIMARY KEY NONCLUSTERED, k INT', []],
] as const)('%s', async ([, columns, wanted]) => {
  await using database = await withDatabase('reorg')
  await using session = await openWriteSession(database.server)
  await session.run(`CREATE TABLE t (${columns}, KEY wanted (k))`)
  const snapshot = await readSnapshot(session)
  const indexes = snapshot.tables.flatMap((table) => table.indexes)
  expect(await safeReorg(session, snapshot, indexes)).toEqual(wanted)
})
