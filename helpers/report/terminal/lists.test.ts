import { describe, expect, test } from 'vitest'
import type { Claim } from '../../core/record/claim.ts'
import { planStep } from '../../migrate/step/step.ts'
import { claimLines } from './claim-lines.ts'
import { plannedLines } from './planned-lines.ts'

describe('the claims of the guide', () => {
  const claim = (verdict: Claim['verdict'], name: string, measured: string): Claim => ({
    claim: name,
    section: 'preflight',
    verdict,
    measured,
  })

  test('are counted, and the refuted ones have a line each', () => {
    const claims = [
      claim('held', 'a', '1'),
      claim('refuted', 'b', 'it is\n  2'),
      claim('refuted', 'c', 'a\nquery\nplan'),
      claim('unchecked', 'd', '4'),
    ]
    expect(claimLines(claims)).toEqual([
      '  1 held, 2 refuted, 1 unchecked; summary.json has them all',
      '  refuted  b: it is 2',
      '  refuted  c',
    ])
    expect(claimLines([])).toEqual([])
  })

  test('are no more than a screen', () => {
    const lines = claimLines(Array.from({ length: 40 }, (_, at) => claim('refuted', `${at}`, 'x')))
    expect(lines).toHaveLength(20)
    expect(lines.at(-1)).toBe('  … and 22 more refuted')
  })
})

describe('what apply would run', () => {
  const step = (kind: 'index' | 'setting', name: string, estimateMs: number) => ({
    ...planStep('apply', kind, { table: 'Order', name }, `ALTER TABLE t\n  ADD ${name}`),
    estimateMs,
  })
  const steps = [
    step('setting', 'on', 1),
    ...Array.from({ length: 20 }, (_, at) => step('index', `i${at}`, 1_000 * at)),
    step('setting', 'off', 1),
  ]
  const summary = { mode: 'check', steps, estimate: undefined } as never

  test('is what changes the server, the longest statements, and the rest in one line', () => {
    const lines = plannedLines(summary, false)
    expect(lines).toHaveLength(9)
    expect(lines[0]).toBe('  about    0.0 s  ALTER TABLE t ADD on')
    expect(lines.at(-2)).toBe('  about    0.0 s  ALTER TABLE t ADD off')
    expect(lines.at(-1)).toBe('                  and 14 more; summary.json has them all')
    expect(lines.join()).toContain('ADD i19')
  })

  test('is every one where all are asked for', () => {
    expect(plannedLines(summary, true)).toHaveLength(22)
  })
})
