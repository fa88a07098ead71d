import { z } from 'zod'

/** A time that the guide promises, as migration.json has it. */
export const timeClaimShape = z.strictObject({
  name: z.string().min(1),
  /** What the guide says, in our words. */
  claim: z.string().min(1),
  /** Which steps it is about. */
  of: z.enum(['indexes', 'constraints', 'all']),
  per: z.enum(['table', 'run']),
  fromSeconds: z.number().positive(),
  toSeconds: z.number().positive(),
})
export type TimeClaim = z.infer<typeof timeClaimShape>
