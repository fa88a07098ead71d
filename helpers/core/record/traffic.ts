import { z } from 'zod'
import { log } from './record.ts'

const percentiles = {
  /** Milliseconds from when a request was due to its good answer, over all of these; null when there was none. */
  p50: z.number().nullable(),
  p95: z.number().nullable(),
  p99: z.number().nullable(),
}

/** What the buyers saw over a stretch of time. */
export const figuresShape = z.object({
  seconds: z.number(),
  /** Requests that came to an end, one way or the other. */
  requests: z.number(),
  /** Good answers a second. */
  rate: z.number(),
  /** Requests that got another answer than 2xx, none in time, or a cut connection. */
  errors: z.number(),
  /** The first different errors, each with how often it came. */
  messages: z.array(z.object({ message: z.string(), count: z.number() })),
  ...percentiles,
  /** The longest time in which no good answer came to anybody, in milliseconds. */
  longestStallMs: z.number(),
  /** When that began, to look for the statement of that time in steps.jsonl. */
  longestStallFrom: z.string(),
  byRequest: z.array(
    z.object({ request: z.string(), requests: z.number(), errors: z.number(), ...percentiles }),
  ),
})
export type BuyersFigures = z.infer<typeof figuresShape>

const trafficPhases = ['warm-up', 'before', 'indexes', 'constraints', 'after', 'rollback'] as const
export type TrafficPhase = (typeof trafficPhases)[number]

/** What the buyers saw in one phase of the rehearsal; a line of traffic.jsonl. */
export const phaseShape = figuresShape.extend({
  phase: z.enum(trafficPhases),
  /** Requests a second that the buyers set out to send. */
  wantedRate: z.number(),
  /** How the application ended, when it did so by itself. */
  applicationEnded: z.string().optional(),
})
export type PhaseFigures = z.infer<typeof phaseShape>

/** All phases, in order. A phase that ran twice in one run stands there twice. */
export const trafficLog = log('traffic.jsonl', phaseShape)
