import type { StepGroups } from '../migrate/apply/planned.ts'
import { recordEstimate } from '../migrate/estimate/record.ts'
import { type Step, stepsFile } from '../migrate/step/step.ts'
import { estimatorOf } from './estimator-of.ts'
import type { Section } from './section.ts'

/** Estimates what apply would run, group by group, and puts it on record. Returns the steps, each with its `estimateMs`. */
export const estimatePlanned = async (section: Section, groups: StepGroups): Promise<Step[]> => {
  const { run } = section
  const estimator = estimatorOf(section, (line) => console.log(`   ${line}`))
  const planned: Step[] = []
  for (const group of groups) {
    const estimate = await estimator.estimate(group)
    recordEstimate(run, estimate)
    for (const step of estimate.steps) run.append(stepsFile, step)
    planned.push(...estimate.steps)
  }
  return planned
}
