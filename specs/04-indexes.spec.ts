import { expect } from 'vitest'
import type { Mode } from '../helpers/core/config/settings.ts'
import { applyIndexes } from '../helpers/migrate/apply/apply.ts'
import { assertSameDatabase } from '../helpers/migrate/apply/ledger.ts'
import { plannedSteps } from '../helpers/migrate/apply/planned.ts'
import { describeSince } from '../helpers/migrate/apply/settings/settings.ts'
import { statementsOf } from '../helpers/migrate/folder/migration.ts'
import { checkEstimate } from '../helpers/run/checks/check-estimate.ts'
import { checkTimeClaims } from '../helpers/run/checks/check-times.ts'
import { estimatePlanned } from '../helpers/run/estimate-planned.ts'
import { section } from '../helpers/run/section.ts'
import { stepRunnerOf } from '../helpers/run/step-runner-of.ts'
import { underTraffic } from '../helpers/traffic/drive.ts'

const indexes = section('indexes', {
  needs: ['preflight'],
  needsToChange: ['backup'],
  modes: ['rehearse', 'check', 'apply'],
})
const { check, lock, migration, read, context, ledger } = indexes
const writing: readonly Mode[] = ['rehearse', 'apply']

check(
  'apply',
  'Part A: the missing indexes are added and the statistics refreshed',
  async ({ show }) => {
    const remedies = statementsOf(migration, 'remedies')
    const steps = await underTraffic(
      indexes,
      'indexes',
      () => applyIndexes(stepRunnerOf(indexes), lock, remedies, 'apply'),
      { calmFirst: true },
    )
    show({ steps: steps.map(({ id, status, rows, durationMs }) => ({ id, status, rows, durationMs })) })
    expect(steps.filter(({ status }) => status !== 'done')).toEqual([])
  },
  // The server goes on with a DDL after a time-out, so a limit here would only hide that.
  { timeoutMs: 0, modes: writing },
)

check(
  'planned',
  'Part A: what apply would run',
  async ({ show }) => {
    const { DDL_WORKERS: workers, DDL_BATCH_SIZE: batchSize } = context.settings
    const speed = { workers, batchSize }
    const planned = await read(async (session) => {
      await assertSameDatabase(ledger, session)
      return await plannedSteps(session, lock, { part: 'indexes', speed, ledger })
    })
    const left = planned.flat().filter(({ restores }) => restores === 'an earlier run')
    for (const step of left)
      console.log(`   an earlier run left ${describeSince(step)}; the next apply or rollback puts it back`)
    const steps = await estimatePlanned(indexes, planned)
    show({
      ...(left.length === 0 ? {} : { leftByAnEarlierRun: left.map(describeSince) }),
      steps: steps.map(({ sql, status, estimateMs }) => ({ sql, status, estimateMs })),
    })
  },
  { modes: ['check'] },
)

checkEstimate(indexes, 'indexes', writing)
checkTimeClaims(indexes, ['indexes'], writing)
