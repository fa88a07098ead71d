import { z } from 'zod'
import { HarnessError } from '../errors/harness-error.ts'
import type { ReadSession } from './session.ts'

/**
 * Whether tidb_enable_check_constraint is on. Throws CHECK_UNSUPPORTED on a server without it: before
 * 7.2 TiDB parses CHECK and ignores it.
 */
export const readCheckSwitch = async (session: ReadSession): Promise<boolean> => {
  const found = await session.rows(
    z.object({ Value: z.string() }),
    "SHOW GLOBAL VARIABLES LIKE 'tidb\\_enable\\_check\\_constraint'",
  )
  const value = found[0]?.Value
  if (value === undefined) {
    throw new HarnessError('CHECK_UNSUPPORTED', {
      what: 'The server has no variable tidb_enable_check_constraint.',
      why: 'It parses CHECK constraints and ignores them.',
      next: 'Upgrade the server to TiDB 7.5.2 or later.',
    })
  }
  return value === 'ON' || value === '1'
}
