import { HarnessError } from '../errors/harness-error.ts'
import { bare, hasSideEffect } from './read-only.ts'
import { openRawWriteSession, type ServerAddress, type WriteSession } from './session.ts'

const changesRows = /^(?:INSERT|REPLACE|UPDATE|DELETE)\b/i

const refused = (sql: string, why: string): HarnessError =>
  new HarnessError('PROBE_REFUSED', {
    what: `A probing connection was asked to run: ${sql.trim().slice(0, 120)}`,
    why,
    next: 'Correct the statement in probes.sql: one INSERT, UPDATE, REPLACE or DELETE.',
    fields: { sql },
  })

/**
 * Opens a connection that tries statements out: it reads, and changes rows between BEGIN and ROLLBACK only. It knows no
 * COMMIT, autocommit is off, and a text of several statements is a syntax error, so nothing it does can stay. A DDL, which
 * would commit, throws PROBE_REFUSED.
 */
export const openProbeSession = async (address: ServerAddress): Promise<WriteSession> => {
  const session = await openRawWriteSession(address, { oneByOne: true })
  await session.setSession('autocommit', 0)
  let isOpen = false
  return {
    ...session,
    run: async (sql, params) => {
      const statement = bare(sql)
      const isBracket = statement === 'BEGIN' || statement === 'ROLLBACK'
      if (!isBracket && !changesRows.test(statement))
        throw refused(sql, 'Only a statement that changes rows may be tried out.')
      // A sequence and a lock know no ROLLBACK.
      if (hasSideEffect(statement))
        throw refused(sql, 'It would move a sequence or take a lock, which stays.')
      if (!isBracket && !isOpen) throw refused(sql, 'It would not be rolled back: no transaction is open.')
      const result = await session.run(sql, params)
      if (isBracket) isOpen = statement === 'BEGIN'
      return result
    },
    ask: async (_, sql) => {
      throw refused(sql, 'Only what reads may answer.')
    },
    script: async (sql) => {
      throw refused(sql, 'A script may commit.')
    },
  }
}
