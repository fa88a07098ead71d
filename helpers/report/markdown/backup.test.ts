import { expect, test } from 'vitest'
import { readSample } from '../../../drills/support/test-sample.ts'
import type { CheckResult, Summary } from '../summary.ts'
import { backup } from './backup.ts'

const sample = readSample()
const { backup: figures, ...without } = sample

const made = `16 tables, 5 views, ${figures?.rows.toLocaleString('en')} rows in ${figures?.files} files, at one instant; each file as it was made`

/** The sample, with another end of one of its checks. */
const withCheck = (id: string, status: CheckResult['status'], reason?: string): Summary => ({
  ...sample,
  checks: sample.checks.map((check) =>
    check.id === id ? { ...check, status, ...(reason === undefined ? {} : { reason }) } : check,
  ),
})
const skippedIn = (mode: string, reason: string): Summary => ({
  ...without,
  mode,
  checks: sample.checks.map((check) => ({ ...check, status: 'skipped', reason })),
})

test.each<[string, Summary, string | RegExp]>([
  [
    'restores',
    sample,
    /^16 tables.*; each file as it was made; restored: on a second server in [\d.]+ m?s, the same schema and every row$/,
  ],
  [
    'does not restore',
    withCheck('backup.restores', 'failed', 'RESTORED_OTHERWISE'),
    `${made}; restored: **backup.restores failed**`,
  ],
  [
    'was not restored',
    withCheck('backup.restores', 'skipped', 'more than CHECK_BUDGET_ROWS=1'),
    `${made}; restored: not measured: more than CHECK_BUDGET_ROWS=1`,
  ],
  [
    'is not complete',
    withCheck('backup.complete', 'failed', 'x'),
    /at one instant; \*\*backup\.complete failed\*\*; /,
  ],
  [
    'is told of by a person',
    { ...skippedIn('apply', 'no backup was named'), backupEvidence: 'snapshot | 7' },
    'proof given: snapshot &vert; 7; not measured: no backup was named',
  ],
  ['is not there', skippedIn('check', 'no backup was named'), 'not measured: no backup was named'],
  ['was never looked for', { ...without, checks: [] }, 'not measured: backup.complete did not run'],
])('a backup that %s', (_, summary, says) => {
  const { glance } = backup(summary)
  if (typeof says === 'string') expect(glance).toBe(says)
  else expect(glance).toMatch(says)
})

test('its figures are folded, and whether it is a way back', () => {
  const details = backup(sample).details.join('\n')
  expect(details).toContain(`| rows | ${figures?.rows.toLocaleString('en')} |`)
  expect(details).toContain(`SHA-256 ${figures?.manifest}`)
  expect(details).toContain('| as the way back, after apply | the rows of before, without those since |')
  expect(backup(skippedIn('check', 'x')).details).toEqual([])
})
