import { z } from 'zod'
import { HarnessError, messageOf } from '../errors/harness-error.ts'
import { isTimeout } from '../errors/server-error.ts'
import type { ReadSession } from '../server/session.ts'
import { quoteName } from '../text/quote.ts'

/** The query that tells whether a view answers. */
export const viewQuery = (name: string): string => `SELECT * FROM ${quoteName(name)} LIMIT 1`

/** Selects one row from a view. Throws VIEW_BROKEN when it does not answer: a view may be listed and yet be dead. */
export const assertViewAnswers = async (session: ReadSession, name: string): Promise<void> => {
  await session.rows(z.unknown(), viewQuery(name)).catch((cause: unknown) => {
    // A slow view is no broken one, and must not be dropped.
    if (isTimeout(cause)) throw cause
    throw new HarnessError('VIEW_BROKEN', {
      what: `The view ${name} does not answer: ${messageOf(cause)}`,
      next: `Fix or drop it: SHOW CREATE VIEW ${quoteName(name)}`,
      cause,
    })
  })
}
