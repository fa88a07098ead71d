import { z } from 'zod'
import type { ReadSession } from '../../../core/server/session.ts'

/** A global variable of the server that is to have another value while indexes are added. */
export interface WantedSetting {
  readonly variable: string
  readonly value: string
  /** True where a server that refuses it is taken as it is; false where nothing may be added without it. */
  readonly mayBeRefused: boolean
}

/** The value of a global variable, as the server behind this connection has it; undefined on one that has no such variable. */
export const readGlobal = async (session: ReadSession, variable: string): Promise<string | undefined> => {
  const rows = await session.rows(
    z.object({ Value: z.string().regex(/^\w+$/) }),
    `SHOW GLOBAL VARIABLES LIKE '${variable.replaceAll('_', String.raw`\_`)}'`,
  )
  return rows[0]?.Value
}
