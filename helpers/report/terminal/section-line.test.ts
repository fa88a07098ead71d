import { expect, test } from 'vitest'
import { type EndedSection, sectionLine } from './section-line.ts'

type Check = EndedSection['checks'][number]

const passed = (count: number): Check[] => Array.from({ length: count }, () => ({ status: 'passed' }))
const skipped = (count: number, skipCode: Check['skipCode'], reason: string): Check[] =>
  Array.from({ length: count }, () => ({ status: 'skipped', reason, ...(skipCode ? { skipCode } : {}) }))

test.each<[string, Omit<EndedSection, 'durationMs'>, string]>([
  [
    'green',
    { name: 'preflight', checks: passed(130) },
    '  preflight          130 passed                               0.5 s',
  ],
  [
    'red',
    { name: 'indexes', checks: [...passed(26), { status: 'failed' }] },
    '  indexes             26 passed     1 failed                  0.5 s',
  ],
  [
    'all skipped for one reason',
    { name: 'rollback', checks: skipped(57, 'OTHER_MODE', 'MODE=check does not do this') },
    '  rollback                                     57 skipped     0.5 s   OTHER_MODE: MODE=check does not do this',
  ],
  [
    'skipped for several',
    {
      name: 'metrics',
      checks: [...passed(2), ...skipped(1, 'NOT_ASKED', 'a'), ...skipped(2, 'NOT_JUDGED', 'b')],
    },
    '  metrics              2 passed                 3 skipped     0.5 s   2 NOT_JUDGED, 1 NOT_ASKED',
  ],
  [
    'skipped for one kind of reason',
    { name: 'views', checks: [...skipped(1, 'OVER_BUDGET', 'a'), ...skipped(1, 'OVER_BUDGET', 'b')] },
    '  views                                         2 skipped     0.5 s   2 OVER_BUDGET',
  ],
  [
    'filtered out',
    { name: 'integrity', checks: [{ status: 'skipped' }] },
    '  integrity                                     1 skipped     0.5 s   filtered out',
  ],
  [
    'not loaded',
    { name: '04-indexes', checks: [], isBroken: true },
    '  04-indexes                                                  0.5 s   broken: see below',
  ],
])('of a section that is %s', (_, section, line) => {
  expect(sectionLine({ ...section, durationMs: 500 })).toBe(line)
})
