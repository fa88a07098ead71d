import { z } from 'zod'
import type { WriteSession } from '../../../helpers/core/server/session.ts'
import { until } from '../until.ts'

const ordered = (value: number): string =>
  (BigInt.asUintN(64, BigInt(value)) ^ (1n << 63n)).toString(16).padStart(16, '0')

const pending = async (session: WriteSession): Promise<boolean> =>
  (await session.rows(z.unknown(), 'SELECT 1 FROM mysql.gc_delete_range WHERE job_id = -1')).length > 0

/**
 * Makes a table and one of its indexes disagree for real: the entries of one value of the index's first
 * column, a signed integer, are lost while the rows stay.
 *
 * The embedded store cannot delete key ranges, so TiDB does it itself: whatever stands in
 * mysql.gc_delete_range goes when the next DROP ends. `ADMIN RECOVER INDEX` fixes it.
 */
export const loseIndexEntries = async (
  session: WriteSession,
  lost: { table: string; index: string; value: number },
): Promise<void> => {
  const { tableId, indexId } = await session.row(
    z.object({ tableId: z.coerce.number(), indexId: z.coerce.number() }),
    `SELECT t.TIDB_TABLE_ID AS tableId, i.INDEX_ID AS indexId
       FROM information_schema.tables AS t
       JOIN information_schema.tidb_indexes AS i ON i.TABLE_SCHEMA = t.TABLE_SCHEMA AND i.TABLE_NAME = t.TABLE_NAME
      WHERE t.TABLE_SCHEMA = DATABASE() AND t.TABLE_NAME = ? AND i.KEY_NAME = ? AND i.SEQ_IN_INDEX = 1`,
    [lost.table, lost.index],
  )
  const prefix = `74${ordered(tableId)}5f69${ordered(indexId)}03`
  await session.run(
    'INSERT INTO mysql.gc_delete_range (job_id, element_id, start_key, end_key, ts) VALUES (-1, 1, ?, ?, 0)',
    [`${prefix}${ordered(lost.value)}`, `${prefix}${ordered(lost.value + 1)}`],
  )
  // A wake-up can be missed while garbage is being collected anyway, so it is given again.
  let looks = 0
  await until('the loss of index entries', async () => {
    if (!(await pending(session))) return true
    if (looks++ % 100 === 0) await session.script('CREATE TABLE test.wake (id INT); DROP TABLE test.wake')
    return false
  })
  await session.run('DELETE FROM mysql.gc_delete_range_done WHERE job_id = -1')
}
