import { expect } from 'vitest'
import { applyIndexes } from '../helpers/migration/apply/apply.ts'
import { latestSteps, stepShape, stepsFile } from '../helpers/migration/apply/step.ts'
import { forEach, section } from '../helpers/run/section.ts'
import { stepRunnerOf } from '../helpers/run/step-runner-of.ts'
import { qualifiedName } from '../helpers/schema/model.ts'

const indexes = section('indexes', { needs: ['preflight'], modes: ['rehearse'] })
const { check, run, lock } = indexes

check(
  'apply',
  'Part A: the missing indexes are added and the statistics refreshed',
  async ({ show }) => {
    const steps = await applyIndexes(stepRunnerOf(indexes), lock, 'apply')
    show({ steps: steps.map(({ id, status, rows, durationMs }) => ({ id, status, rows, durationMs })) })
    expect(steps.filter(({ status }) => status !== 'done')).toEqual([])
  },
  // The server goes on with a DDL after a time-out, so a limit here would only hide that.
  { timeoutMs: 0 },
)

forEach('steps', lock.adds.indexes, (index) => {
  check(['steps', qualifiedName(index)], `step for ${qualifiedName(index)} is done`, async ({ show }) => {
    const steps = latestSteps(run.lines(stepsFile, stepShape))
    const step = steps.find(({ id }) => id === `apply:index:${qualifiedName(index)}`)
    show(step)
    expect(step?.status).toBeOneOf(['done', 'already'])
  })
})
