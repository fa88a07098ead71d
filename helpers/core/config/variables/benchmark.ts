import { z } from 'zod'
import { wholeNumber } from './kinds.ts'

/** `event-search=80, payment-call-back=30` as whole numbers by name. */
const byName = (unit: string) =>
  z
    .string()
    .regex(/^\s*[\w-]+\s*=\s*\d+\s*(,\s*[\w-]+\s*=\s*\d+\s*)*$/, {
      error: `names and whole ${unit}, such as event-search=80,payment-call-back=30`,
    })
    .transform((text) =>
      Object.fromEntries(
        text.split(',').map((item) => {
          const [name = '', value = ''] = item.split('=').map((part) => part.trim())
          return [name, Number(value)]
        }),
      ),
    )

/** How long benchmarks take, and what they must not exceed. */
export const benchmarkVariables = {
  BENCHMARK_SECONDS: wholeNumber(1, 3600)
    .optional()
    .describe(
      'How long the queries of one benchmark may take together, shared out evenly. Default: 10; 3 for a rehearsal at SCALE=small.',
    ),
  BENCHMARK_LIMITS: byName('ms')
    .optional()
    .describe('Limits at p95 in ms, in place of those in queries.sql: event-search=80,payment-call-back=30.'),
  BENCHMARK_REDUCTIONS: byName('percent')
    .optional()
    .describe(
      'By how many percent the migration must shorten a query: customer-orders=50,payment-call-back=50. Below it a rehearsal fails.',
    ),
  BENCHMARK_SLOWER_PERCENT: wholeNumber(0, 10_000)
    .default(20)
    .describe('A query that gets slower by more than this fails, if by more than BENCHMARK_SLOWER_MS too.'),
  BENCHMARK_SLOWER_MS: wholeNumber(0, 60_000)
    .default(1)
    .describe(
      'A query that gets slower by more than this many ms fails, if by more than the percentage too.',
    ),
  BENCHMARK_WRITE_PERCENT: wholeNumber(0, 10_000)
    .default(100)
    .describe('By how much longer than before a write may take after the migration.'),
  STATISTICS_HEALTH: wholeNumber(0, 100)
    .default(80)
    .describe(
      'The least health, by SHOW STATS_HEALTHY, that the statistics of a table must have afterwards.',
    ),
  JUDGE_ROWS: wholeNumber(1, 1_000_000_000)
    .default(10_000)
    .describe(
      'How many rows a table of a target needs before the plans that its planner chooses are judged.',
    ),
} as const
