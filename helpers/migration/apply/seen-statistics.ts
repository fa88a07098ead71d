import { z } from 'zod'
import { type Index, qualifiedName } from '../../schema/model.ts'
import type { ReadSession } from '../../target/session.ts'
import { openWriteSession } from '../../target/write-session.ts'
import { analyzeStatement } from '../statements.ts'
import { type Phase, planStep, type Step } from './step.ts'
import { runSteps, type StepRunner } from './step-runner.ts'

const attempts = 5

/** Tables on which an index has statistics that the planner does not know. */
export const unseenTables = async (session: ReadSession, indexes: readonly Index[]): Promise<string[]> => {
  const rows = await session.rows(
    z.object({ Table_name: z.string(), Column_name: z.string() }),
    'SHOW STATS_HISTOGRAMS WHERE LOWER(Db_name) = LOWER(DATABASE()) AND Is_index = 1',
  )
  const seen = new Set(
    rows.map((row) => qualifiedName({ table: row.Table_name, name: row.Column_name }).toLowerCase()),
  )
  const unseen = indexes.filter((index) => !seen.has(qualifiedName(index).toLowerCase()))
  return [...new Set(unseen.map(({ table }) => table))]
}

/**
 * Runs ANALYZE once more on tables whose new statistics the planner missed. TiDB reads statistics that are younger
 * than three leases before the youngest it knows; on a busy server, whose writes move that one on, an ANALYZE that
 * took longer to commit is passed over for good. Seen with the short lease of the embedded engine and writes beside
 * it; a production's lease is 3 s, and its account may not ask, so this is for throw-away servers.
 */
export const analyzeUntilSeen = async (
  runner: StepRunner,
  indexes: readonly Index[],
  phase: Phase,
): Promise<Step[]> => {
  const done: Step[] = []
  if ('permit' in runner.server) return done
  // One of its own: a connection that was idle while the steps ran may be cut by now.
  await using session = await openWriteSession(runner.server)
  for (let attempt = 0; attempt < attempts; attempt++) {
    const tables = await unseenTables(session, indexes)
    if (tables.length === 0) break
    runner.say(`the planner missed the statistics of ${tables.join(', ')}; ANALYZE runs again`)
    const again = tables.map((table) =>
      planStep(phase, 'analyze', { table, name: '' }, analyzeStatement(table)),
    )
    done.push(...(await runSteps(runner, again)))
  }
  return done
}
