import type { ApplyRunner } from '../migration/apply/ddl-speed.ts'
import type { Section } from './section.ts'

/** The runner of a section's steps: its server, its record, its progress on the terminal. */
export const stepRunnerOf = ({ writable, run, context, ledger }: Section): ApplyRunner => ({
  server: writable(),
  run,
  ...(ledger === undefined ? {} : { ledger }),
  connections: context.settings.CONNECTIONS,
  speed: { workers: context.settings.DDL_WORKERS, batchSize: context.settings.DDL_BATCH_SIZE },
  say: (line) => console.log(`   ${line}`),
})
