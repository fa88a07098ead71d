import { z } from 'zod'
import { isMysqlUrl, urlForm, wholeNumber } from './kinds.ts'

/** How a target of the user's own is reached. */
export const accessVariables = {
  DATABASE_URL: z
    .string()
    .refine(isMysqlUrl, { error: urlForm })
    .optional()
    .describe('Where a target of yours is. Not used by embedded and container.'),
  TLS_CA: z
    .string()
    .optional()
    .describe('A PEM file with the authority that signed the certificate of the server.'),
  ALLOW_PLAINTEXT: z
    .enum(['1'], { error: '1' })
    .optional()
    .describe(
      '1 connects to a server of yours without TLS: rows and credentials cross the network in the clear.',
    ),
  STATEMENT_SECONDS: wholeNumber(1, 86_400)
    .default(60)
    .describe('How long one reading statement may run on a server of yours.'),
} as const
