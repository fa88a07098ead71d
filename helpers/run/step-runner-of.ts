import type { ApplyRunner } from '../migrate/apply/settings/ddl-speed.ts'
import { estimatorOf } from './estimator-of.ts'
import type { Section } from './section.ts'

/** The runner of a section's steps: its server, its record, its speed, its estimate, its progress on the terminal. */
export const stepRunnerOf = (section: Section): ApplyRunner => {
  const { writable, run, context, ledger } = section
  const { CONNECTIONS, DDL_WORKERS, DDL_BATCH_SIZE } = context.settings
  const say = (line: string) => console.log(`   ${line}`)
  return {
    server: writable(),
    run,
    ...(ledger === undefined ? {} : { ledger }),
    connections: CONNECTIONS,
    speed: { workers: DDL_WORKERS, batchSize: DDL_BATCH_SIZE },
    estimator: estimatorOf(section, say),
    showValues: section.showValues,
    isBarDrawn: context.isBarDrawn,
    isVerbose: context.settings.VERBOSE === '1',
    say,
  }
}
