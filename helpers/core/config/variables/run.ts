import { z } from 'zod'
import { isFolderName, isPath, isThrowAwayName, targetName, wholeNumber } from './kinds.ts'

/** What runs, against which server, on which data. */
export const runVariables = {
  TARGET: z
    .string()
    .regex(targetName, { error: 'embedded, container, or the name of a .env.NAME file' })
    .optional()
    .describe('The server under the suite: embedded, container, or a name of yours such as prod.'),
  MODE: z
    .enum(['rehearse', 'check', 'apply', 'rollback'], { error: 'rehearse, check, apply or rollback' })
    .optional()
    .describe('What the suite may do. Throw-away targets rehearse, all others check.'),
  MIGRATION: z
    .string()
    .refine((text) => isFolderName(text) || isPath(text), {
      error: 'the name of a folder in SQL_DIR, or a path with a /',
    })
    .default('v3')
    .describe('The folder that holds the migration: its name in SQL_DIR, or a path with a / to anywhere.'),
  SQL_DIR: z.string().optional().describe('The folder that holds the migrations. Default: sql of the suite.'),
  BASELINE_FROM: z
    .string()
    .regex(targetName, { error: 'the name of a .env.NAME file' })
    .refine((name) => !isThrowAwayName(name), { error: 'a target of yours, such as prod' })
    .optional()
    .describe('Rehearse on the schema of this target of yours. Its structure is read, and no row.'),
  SCALE: z
    .enum(['small', 'medium', 'standard', 'large'], { error: 'small, medium, standard or large' })
    .default('standard')
    .describe('How much data a rehearsal loads: 1,000, 10,000, 100,000 or 1,000,000 orders.'),
  SEED: wholeNumber(0, 4_294_967_295)
    .default(20_260_120)
    .describe('The seed of the generated data. The same seed gives the same rows.'),
  CONNECTIONS: wholeNumber(1, 32)
    .default(4)
    .describe('Connections that load data and change tables side by side.'),
  LONG_TRANSACTION_SECONDS: wholeNumber(1, 86_400)
    .default(60)
    .describe('A transaction older than this many seconds fails the preflight.'),
  VERBOSE: z
    .enum(['1'], { error: '1' })
    .optional()
    .describe('1 prints a line for every check and every step, each claim and each skip.'),
  REPORTS_DIR: z.string().default('reports').describe('Where the reports go.'),
} as const
