import { z } from 'zod'

/** One sentence of the guide, in our words, and what the server said of it. */
export const claimShape = z.object({
  claim: z.string(),
  section: z.string(),
  verdict: z.enum(['held', 'refuted', 'unchecked']),
  measured: z.string(),
})
export type Claim = z.infer<typeof claimShape>
