import { z } from 'zod'
import { HarnessError, messageOf } from '../errors/harness-error.ts'
import type { ReadSession } from '../target/session.ts'
import { quoteName } from './definition.ts'

/** Selects one row from a view. Throws VIEW_BROKEN when it does not answer: a view may be listed and yet be dead. */
export const assertViewAnswers = async (session: ReadSession, name: string): Promise<void> => {
  await session.rows(z.unknown(), `SELECT * FROM ${quoteName(name)} LIMIT 1`).catch((cause: unknown) => {
    throw new HarnessError('VIEW_BROKEN', {
      what: `The view ${name} does not answer: ${messageOf(cause)}`,
      next: `Mend or drop it: SHOW CREATE VIEW ${quoteName(name)}`,
      cause,
    })
  })
}
