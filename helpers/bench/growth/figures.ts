import { z } from 'zod'
import type { Scale } from '../../migrate/data/table-rows.ts'
import { measurementShape } from '../../report/measurement.ts'

/** How many orders each scale of the settings stands for. */
export const ordersOf: Readonly<Record<Scale, number>> = {
  small: 1_000,
  medium: 10_000,
  standard: 100_000,
  large: 1_000_000,
}

const beforeAfter = z.object({ before: z.number(), after: z.number() })

/** What one scale took: reports/growth/<scale>.json. All times in ms. */
export const growthShape = measurementShape.extend({
  orders: z.number(),
  /** All rows of all tables. */
  rows: z.number(),
  times: z.object({
    /** The generated rows alone. */
    load: z.number(),
    /** MODE=check as a user runs it: a process of its own, all checks, before the migration. */
    check: z.number(),
    /** Part A and Part B. */
    apply: z.number(),
    rollback: z.number(),
  }),
  /** What the steps of apply were estimated at, and what they took. */
  estimate: z.object({ estimatedMs: z.number(), tookMs: z.number() }),
  queries: z.array(z.object({ name: z.string(), title: z.string(), p95: beforeAfter })),
})
export type Growth = z.infer<typeof growthShape>

export const timeNames = ['load', 'check', 'apply', 'rollback'] as const
