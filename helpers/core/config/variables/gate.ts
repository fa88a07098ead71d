import { z } from 'zod'
import { wholeNumber } from './kinds.ts'

/** What the gate asks of a target, and what it must be given before it changes one. */
export const gateVariables = {
  MINIMUM_RELEASE: z
    .string()
    .regex(/^\d+\.\d+\.\d+$/, { error: 'a release such as 7.5.2' })
    .default('7.5.2')
    .describe('The oldest TiDB release that a server of yours may have.'),
  EXPECT: z
    .enum(['before', 'after'], { error: 'before or after' })
    .optional()
    .describe('The side of the migration on which a check must find the target.'),
  PROBE: z
    .enum(['1'], { error: '1' })
    .optional()
    .describe(
      '1 tries in MODE=check whether each constraint is enforced, in transactions that are rolled back.',
    ),
  SHOW_VALUES: z
    .enum(['1'], { error: '1' })
    .optional()
    .describe(
      '1 puts what rows of a server of yours hold into reports, where a row is in the way; else their keys.',
    ),
  CHECK_BUDGET_ROWS: wholeNumber(0, 1_000_000_000_000)
    .default(5_000_000)
    .describe('MODE=check skips what would read more rows than this on a server of yours.'),
  CHECK_SECONDS: wholeNumber(1, 1_000_000)
    .default(120)
    .describe('How long MODE=check may look at the rows of a server of yours, in all.'),
  CHECK_PAUSE_MS: wholeNumber(0, 60_000)
    .default(10)
    .describe('How long MODE=check waits after each 50,000 rows that it looks at on a server of yours.'),
  CONFIRM: z
    .string()
    .optional()
    .describe('The name of the database that apply or rollback may change, typed by hand.'),
  REHEARSAL_PASS: z
    .string()
    .optional()
    .describe('The file of the rehearsal pass. Default: rehearsal-pass-<migration>.json in REPORTS_DIR.'),
  PASS_DAYS: wholeNumber(1, 365).default(7).describe('How many days old a rehearsal pass may be.'),
  EXCEPT: z
    .string()
    .optional()
    .describe('Indexes and constraints to leave out: Table.name, several with commas.'),
  ON_INTERRUPT: z
    .enum(['leave', 'cancel'], { error: 'leave or cancel' })
    .default('leave')
    .describe(
      'What Ctrl-C does with a DDL job of apply or rollback that runs: leave it to the server, or cancel it.',
    ),
} as const
