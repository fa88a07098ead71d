import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runSuite } from '../../helpers/run/suite-process.ts'

test('the migration sql/example passes: nothing about V3 is built in', async () => {
  const REPORTS_DIR = await mkdtemp(join(tmpdir(), 'drill-reports-'))
  const outcome = await runSuite([], { MIGRATION: 'example', REPORTS_DIR })
  expect(outcome.red, outcome.tail).toEqual([])
  expect(outcome.summary).toMatchObject({
    verdict: 'passed',
    indexes: { expected: 4, present: 4 },
    constraints: { expected: 4, present: 4, enforceable: 3, enforced: 3 },
  })
  expect(outcome.exitCode).toBe(0)
  await rm(REPORTS_DIR, { recursive: true })
})
