import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { quoteName } from '../../schema/definition.ts'
import type { Index } from '../../schema/model.ts'
import type { ReadSession } from '../../target/session.ts'
import { openWriteSession } from '../../target/write-session.ts'
import { analyzeStatement } from '../statements.ts'
import { type Phase, planStep, type Step } from './step.ts'
import { runSteps, type StepRunner } from './step-runner.ts'

/** How often ANALYZE may run again, and how long the planner has before it (several statistics leases). */
interface Patience {
  readonly attempts: number
  readonly waitMs: number
  /** Whether a table without any statistics counts. */
  readonly isPseudoUnseen: boolean
}
const onThrowAway: Patience = { attempts: 5, waitMs: 1_000, isPseudoUnseen: true }
const onRealTarget: Patience = { attempts: 2, waitMs: 10_000, isPseudoUnseen: false }
const pauseMs = 250

/** What the name of a repeated ANALYZE begins with: the first one keeps its place on record. */
export const again = 'again '

/** Whether an index ever gets statistics of its own: ANALYZE leaves a multi-valued one out. */
export const hasStatistics = ({ parts }: Index): boolean =>
  !parts.some((part) => 'expression' in part && /\barray\)$/i.test(part.expression))

// Only the planner knows what it knows: SHOW STATS_HISTOGRAMS also lists what belonged to a dropped index of the same
// name, and an account needs a grant on mysql.* for it.
const isUnseen = async (session: ReadSession, { table, name }: Index, isPseudoUnseen: boolean) => {
  const plan = await session.rows(
    z.object({ 'operator info': z.string() }),
    `EXPLAIN SELECT * FROM ${quoteName(table)} FORCE INDEX (${quoteName(name)})`,
  )
  const info = plan.map((row) => row['operator info']).join('\n')
  if (/stats:partial\[.*:missing/.test(info)) return true
  // On a server of somebody's own it may be meant so (tidb_enable_pseudo_for_outdated_stats, an empty partition).
  if (!isPseudoUnseen || !info.includes('stats:pseudo')) return false
  // An empty table never has statistics.
  return (await session.rows(z.unknown(), `SELECT 1 FROM ${quoteName(table)} LIMIT 1`)).length > 0
}

/** Tables with an index of whose statistics the planner knows nothing. An invisible index is not asked for. */
export const unseenTables = async (
  session: ReadSession,
  indexes: readonly Index[],
  isPseudoUnseen = true,
): Promise<string[]> => {
  const unseen = new Set<string>()
  for (const index of indexes.filter(({ visible, table }) => visible && !unseen.has(table)))
    if (await isUnseen(session, index, isPseudoUnseen)) unseen.add(index.table)
  return [...unseen]
}

const waitUntilSeen = async (
  session: ReadSession,
  indexes: readonly Index[],
  { waitMs, isPseudoUnseen }: Patience,
): Promise<string[]> => {
  const until = performance.now() + waitMs
  for (;;) {
    const unseen = await unseenTables(session, indexes, isPseudoUnseen)
    if (unseen.length === 0 || performance.now() > until) return unseen
    await sleep(pauseMs)
  }
}

/**
 * Runs ANALYZE once more on tables whose new statistics the planner missed. TiDB reads statistics that are younger
 * than three leases before the youngest it knows; on a busy server, whose writes move that one on, an ANALYZE that
 * took longer to commit is passed over for good, and every query of the table is planned without it.
 */
export const analyzeUntilSeen = async (
  runner: StepRunner,
  indexes: readonly Index[],
  phase: Phase,
): Promise<Step[]> => {
  const done: Step[] = []
  const patience = 'permit' in runner.server ? onRealTarget : onThrowAway
  // One of its own: a connection that was idle while the steps ran may be cut by now.
  await using session = await openWriteSession(runner.server)
  for (let attempt = 1; ; attempt++) {
    const tables = await waitUntilSeen(session, indexes, patience)
    if (tables.length === 0) return done
    if (attempt > patience.attempts) {
      runner.say(
        `the planner still knows no statistics of ${tables.join(', ')}; see SHOW STATS_LOCKED, and run ANALYZE TABLE when the server is less busy`,
      )
      return done
    }
    runner.say(`the planner missed the statistics of ${tables.join(', ')}; ANALYZE runs again`)
    const steps = tables.map((table) =>
      planStep(phase, 'analyze', { table, name: `${again}${attempt}` }, analyzeStatement(table)),
    )
    done.push(...(await runSteps(runner, steps)))
  }
}
