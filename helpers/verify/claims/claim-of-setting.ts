import { z } from 'zod'
import type { Claim } from '../../core/record/claim.ts'
import type { WriteSession } from '../../core/server/session.ts'

const setGlobal = /^SET GLOBAL (\w+) *= *[\w.']+$/i
const valueRow = z.object({ value: z.union([z.string(), z.number()]) })

/** The variable that a statement sets, when it is a plain SET GLOBAL; else undefined. */
export const variableSetBy = (sql: string): string | undefined => setGlobal.exec(sql.trim())?.[1]

const readSetting = async (session: WriteSession, name: string) =>
  (await session.row(valueRow, `SELECT @@GLOBAL.${name} AS value`)).value

/**
 * Runs a SET GLOBAL of the guide, looks whether the variable `watch` followed, and puts back what was there.
 * TiDB takes many of MySQL's variables and does nothing with them, so that the server's word is no proof.
 */
export const settingClaim = async (
  session: WriteSession,
  { claim, sql, watch }: { claim: string; sql: string; watch: string },
): Promise<Omit<Claim, 'section'>> => {
  const variable = variableSetBy(sql) ?? watch
  const was = await readSetting(session, variable)
  const before = await readSetting(session, watch)
  try {
    await session.run(sql)
    const after = await readSetting(session, watch)
    return {
      claim,
      verdict: after === before ? 'refuted' : 'held',
      measured: `${watch} ${after === before ? `stays ${after}` : `goes from ${before} to ${after}`}`,
    }
  } finally {
    await session.run(`SET GLOBAL ${variable} = ?`, [was])
  }
}
