import { z } from 'zod'
import { machineShape } from './machine.ts'

/** What every kept measurement says of itself. */
export const measurementShape = z.object({
  schemaVersion: z.literal(1),
  scale: z.string(),
  migration: z.string(),
  lock: z.string(),
  server: z.string(),
  machine: machineShape,
  startedAt: z.string(),
  /** The whole of it in ms, with what no other field holds. */
  durationMs: z.number(),
})
