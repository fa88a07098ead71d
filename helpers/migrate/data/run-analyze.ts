import { serverErrorNumber } from '../../core/errors/server-error.ts'
import type { WriteSession } from '../../core/server/session.ts'

const unknownColumn = 1054

/**
 * Runs an ANALYZE, whatever its tables hold. TiDB leaves columns of JSON and of long texts out, and then misses them where a
 * virtual column is made of one ("Unknown column"): only such tables are read with these columns too.
 */
export const runAnalyze = async (session: WriteSession, sql: string): ReturnType<WriteSession['run']> => {
  try {
    return await session.run(sql)
  } catch (error) {
    if (serverErrorNumber(error) !== unknownColumn) throw error
    await session.setSession('tidb_analyze_skip_column_types', '')
    try {
      return await session.run(sql)
    } finally {
      await session.run('SET SESSION tidb_analyze_skip_column_types = DEFAULT')
    }
  }
}
