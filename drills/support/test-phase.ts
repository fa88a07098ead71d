import type { PhaseFigures } from '../../helpers/core/record/traffic.ts'

/** What buyers saw in a phase in which nothing went wrong, or with these changes. */
export const phaseLine = (
  phase: PhaseFigures['phase'],
  changes: Partial<PhaseFigures> = {},
): PhaseFigures => ({
  phase,
  wantedRate: 40,
  seconds: 3,
  requests: 120,
  rate: 40,
  errors: 0,
  messages: [],
  p50: 5,
  p95: 10,
  p99: 20,
  longestStallMs: 100,
  longestStallFrom: '2026-01-01T00:00:00.000Z',
  byRequest: [],
  ...changes,
})
