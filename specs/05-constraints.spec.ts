import { expect } from 'vitest'
import type { Mode } from '../helpers/core/config/settings.ts'
import { readCheckSwitch } from '../helpers/core/server/switch.ts'
import { applyConstraints } from '../helpers/migrate/apply/apply.ts'
import { plannedSteps } from '../helpers/migrate/apply/planned.ts'
import { statementsOf } from '../helpers/migrate/folder/migration.ts'
import { checkEstimate } from '../helpers/run/checks/check-estimate.ts'
import { checkTimeClaims } from '../helpers/run/checks/check-times.ts'
import { estimatePlanned } from '../helpers/run/estimate-planned.ts'
import { section } from '../helpers/run/section.ts'
import { stepRunnerOf } from '../helpers/run/step-runner-of.ts'
import { underTraffic } from '../helpers/traffic/drive.ts'

const constraints = section('constraints', { needs: ['indexes'], modes: ['rehearse', 'check', 'apply'] })
const { check, lock, migration, read } = constraints
const writing: readonly Mode[] = ['rehearse', 'apply']

check(
  'apply',
  'Part B: the switch is turned ON and the missing constraints are added',
  async ({ show }) => {
    const wasOn = await read(readCheckSwitch)
    const remedies = statementsOf(migration, 'remedies')
    const steps = await underTraffic(constraints, 'constraints', () =>
      applyConstraints(stepRunnerOf(constraints), lock, remedies, 'apply'),
    )
    show({
      switchBefore: wasOn ? 'ON' : 'OFF',
      steps: steps.map(({ id, status, durationMs }) => ({ id, status, durationMs })),
    })
    expect(steps.filter(({ status }) => status !== 'done')).toEqual([])
  },
  { timeoutMs: 0, modes: writing },
)

check(
  'planned',
  'Part B: what apply would run',
  async ({ show }) => {
    const planned = await read((session) => plannedSteps(session, lock, { part: 'constraints' }))
    const steps = await estimatePlanned(constraints, planned)
    show({ steps: steps.map(({ sql, status, estimateMs }) => ({ sql, status, estimateMs })) })
  },
  { modes: ['check'] },
)

checkEstimate(constraints, 'constraints', writing)
checkTimeClaims(constraints, ['constraints', 'all'], writing)
