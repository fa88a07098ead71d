import { expect, test } from 'vitest'
import { adds, baseline, openTarget } from '../../../drills/support/test-apply.ts'
import { lockOf, rejectionOf } from '../../../drills/support/test-migration.ts'
import { applyConstraints, applyIndexes } from '../../migrate/apply/apply.ts'
import { assertApplied } from './compare.ts'

test('a way that leaves a part out is no way to compare with', async () => {
  const lock = await lockOf(baseline, adds)
  await using target = await openTarget()
  const { runner } = target.newRun()
  const check = () => assertApplied(target.server.address, { title: 'a way' }, lock)
  await applyIndexes(runner, lock, [], 'apply')
  const { code, message } = await rejectionOf(check())
  expect(code).toBe('COMPARISON_INCOMPLETE')
  expect(message).toMatch(/After a way this is missing: .*Item\.ck_item.*Order\.ck_a/)
  await applyConstraints(runner, lock, [], 'apply')
  expect(await check()).toContain('TiDB')
})
