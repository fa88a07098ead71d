import { whyOf } from '../../core/errors/advice.ts'
import { HarnessError, messageOf } from '../../core/errors/harness-error.ts'
import type { WriteSession } from '../../core/server/session.ts'
import { type Migration, readBaseline } from './migration.ts'

/** Creates the schema before the migration in the session's database, which must be empty. Throws SCRIPT_FAILED. */
export const createBaseline = async (session: WriteSession, migration: Migration): Promise<void> => {
  for (const text of readBaseline(migration)) {
    await session.script(text).catch((cause: unknown) => {
      throw new HarnessError('SCRIPT_FAILED', {
        what: `the baseline of sql/${migration.name} stops: ${messageOf(cause)}`,
        ...whyOf(cause),
        next: 'Correct schema.sql or views.sql, and give an empty database.',
        cause,
      })
    })
  }
}
