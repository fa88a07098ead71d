import type { StepRunner } from '../migration/apply/step-runner.ts'
import type { Section } from './section.ts'

/** The runner of a section's steps: its server, its record, its progress on the terminal. */
export const stepRunnerOf = ({ writable, run, context, ledger }: Section): StepRunner => ({
  server: writable(),
  run,
  ...(ledger === undefined ? {} : { ledger }),
  connections: context.settings.CONNECTIONS,
  say: (line) => console.log(`   ${line}`),
})
