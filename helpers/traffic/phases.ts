import { z } from 'zod'
import { HarnessError } from '../core/errors/harness-error.ts'
import type { RunFolder } from '../core/record/run-folder.ts'
import { figuresShape } from './figures.ts'

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

// A phase with nothing to do is over before the first request is due.
const enoughRequests = 5

export const trafficFile = 'traffic.jsonl'

/** All phases on record, in order. A phase that ran twice in one run stands there twice. */
export const readPhases = (run: RunFolder): PhaseFigures[] => run.lines(trafficFile, phaseShape)

const ms = (value: number | null) => (value === null ? 'none' : `${value} ms`)

/** One line with the figures of a phase. */
export const describePhase = (line: PhaseFigures): string => {
  const { requests, errors, seconds, rate, wantedRate, p50, p95, p99, longestStallMs } = line
  return `${requests} requests in ${seconds} s, ${rate} of ${wantedRate} a second, ${errors} errors, p50 ${ms(p50)}, p95 ${ms(p95)}, p99 ${ms(p99)}, longest stall ${longestStallMs} ms`
}

/** Throws TRAFFIC_MISSING when a phase was never driven, APPLICATION_DOWN or REQUESTS_FAILED when buyers noticed it. */
export const assertUndisturbed = (phase: TrafficPhase, lines: readonly PhaseFigures[]): void => {
  const own = lines.filter((line) => line.phase === phase)
  if (own.length === 0) {
    throw new HarnessError('TRAFFIC_MISSING', {
      what: `There are no figures of the phase "${phase}".`,
      next: 'Run the whole suite: npx vitest run',
    })
  }
  for (const line of own) {
    const messages = line.messages.map(({ message, count }) => `${count} times: ${message}`).join('\n    ')
    if (line.applicationEnded !== undefined) {
      throw new HarnessError('APPLICATION_DOWN', {
        what: `The application ended while buyers asked it: ${line.applicationEnded}. ${describePhase(line)}${messages === '' ? '' : `\n    ${messages}`}`,
        next: 'Find out who ended it, and run again.',
      })
    }
    if (line.errors > 0) {
      throw new HarnessError('REQUESTS_FAILED', {
        what: `${line.errors} of ${line.requests} requests failed:\n    ${messages}`,
        why: describePhase(line),
        next: 'See what the server said (steps.jsonl has the statement of that time); a gentler migration has fewer CONNECTIONS, DDL_WORKERS or a smaller DDL_BATCH_SIZE.',
        fields: { phase },
      })
    }
    if (line.requests === 0 && line.seconds * line.wantedRate >= enoughRequests) {
      throw new HarnessError('TRAFFIC_MISSING', {
        what: `No request came to an end in the phase "${phase}", which took ${line.seconds} s.`,
        next: 'Set TRAFFIC_RATE higher, or a larger SCALE, so that there is something to see.',
      })
    }
  }
}
