import { z } from 'zod'

const boundShape = z.strictObject({
  min: z.number().optional(),
  max: z.number().optional(),
  /** Less than this, where `max` would let it pass. */
  below: z.number().optional(),
})

/** A row of the guide's table of success, as migration.json has it. */
export const metricShape = z
  .strictObject({
    metric: z.string().min(1),
    /** What the guide says, in its own words. */
    claim: z.string().min(1),
    /** Where the figure comes from: p95 of a benchmark, a count in the schema, or the traffic of this run. */
    benchmark: z.string().optional(),
    count: z.enum(['indexes', 'constraints', 'views']).optional(),
    traffic: z.enum(['errors']).optional(),
    before: boundShape.optional(),
    after: boundShape,
  })
  .refine(({ benchmark, count, traffic }) => [benchmark, count, traffic].filter(Boolean).length === 1, {
    error: 'exactly one of benchmark, count and traffic says where the figure comes from',
  })
export type Metric = z.infer<typeof metricShape>
