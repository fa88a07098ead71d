import { describe, expect, test } from 'vitest'
import { phaseLine as line } from '../../drills/support/test-phase.ts'
import type { PhaseFigures } from '../core/record/traffic.ts'
import { judgeDowntime } from './no-downtime.ts'
import { assertUndisturbed } from './phases.ts'

const failed = { errors: 2, messages: [{ message: 'buy: 500: Table gone', count: 2 }] }

describe('a phase is red', () => {
  test.for<[string, PhaseFigures[], RegExp]>([
    ['without figures', [line('before')], /TRAFFIC_MISSING: There are no figures of the phase "indexes"/],
    ['without a request', [line('indexes', { requests: 0 })], /TRAFFIC_MISSING: No request came to an end/],
    [
      'with an error',
      [line('indexes', failed)],
      /REQUESTS_FAILED: 2 of 120 requests failed:\s+2 times: buy: 500/,
    ],
    [
      'with an error in one of two goes',
      [line('indexes', failed), line('indexes')],
      /REQUESTS_FAILED: 2 of 120/,
    ],
    [
      'without its application',
      [line('indexes', { applicationEnded: 'SIGKILL' })],
      /APPLICATION_DOWN.*SIGKILL/,
    ],
  ])('%s', ([, lines, says]) => {
    expect(() => assertUndisturbed('indexes', lines)).toThrow(says)
  })

  test('and green otherwise', () => {
    expect(() => assertUndisturbed('indexes', [line('indexes'), line('after', failed)])).not.toThrow()
    const nothingToDo = line('indexes', { requests: 0, seconds: 0.1 })
    expect(() => assertUndisturbed('indexes', [nothingToDo])).not.toThrow()
  })
})

describe('no downtime', () => {
  const calm = line('before')
  test.for<[string, PhaseFigures[], string]>([
    ['without errors or a long stall', [calm, line('indexes'), line('constraints')], 'held'],
    ['with an error', [calm, line('indexes'), line('constraints', failed)], 'refuted'],
    ['with a stall', [calm, line('indexes', { longestStallMs: 5000 }), line('constraints')], 'refuted'],
    ['without a phase', [calm, line('indexes')], 'unchecked'],
    ['without the calm', [line('indexes'), line('constraints')], 'unchecked'],
  ])('%s', ([, lines, verdict]) => {
    expect(judgeDowntime(lines).verdict).toBe(verdict)
  })

  test('tells the figures, and how much slower it was', () => {
    expect(judgeDowntime([calm, line('indexes', { p99: 90 }), line('constraints')]).measured).toBe(
      'indexes: 0 of 120 requests failed, longest stall 100 ms, p99 90 ms, 4.5 times the 20 ms of before; constraints: 0 of 120 requests failed, longest stall 100 ms, p99 20 ms, 1.0 times the 20 ms of before',
    )
  })
})
