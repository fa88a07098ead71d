import type { StepRunner } from '../migration/apply/step-runner.ts'
import { estimatorOf } from './estimator-of.ts'
import type { Section } from './section.ts'

/** The runner of a section's steps: its server, its record, its estimate, its progress on the terminal. */
export const stepRunnerOf = (section: Section): StepRunner => {
  const { writable, run, context, ledger } = section
  const say = (line: string) => console.log(`   ${line}`)
  return {
    server: writable(),
    run,
    ...(ledger === undefined ? {} : { ledger }),
    connections: context.settings.CONNECTIONS,
    estimator: estimatorOf(section, say),
    isBarDrawn: context.isBarDrawn,
    say,
  }
}
