import { z } from 'zod'
import { pollUntil } from '../../../core/async/poll-until.ts'
import { type Index, isMultiValued } from '../../../core/schema/model.ts'
import type { ReadSession } from '../../../core/server/session.ts'
import { openWriteSession } from '../../../core/server/write-session.ts'
import { quoteName } from '../../../core/text/quote.ts'
import { analyzeStatement } from '../../folder/statements.ts'
import { type Phase, planStep, type Step } from '../../step/step.ts'
import type { StepRunner } from '../steps/runner.ts'
import { runSteps } from '../steps/step-runner.ts'

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

/** Whether a step is an ANALYZE that ran once more, as it may at any time on a busy server. */
export const isRepeated = ({ attempt = 1 }: Step): boolean => attempt > 1

/** Whether an index ever gets statistics of its own: ANALYZE leaves a multi-valued one out. */
export const hasStatistics = (index: Index): boolean => !isMultiValued(index)

const planRow = z.object({ 'operator info': z.string(), 'access object': z.string() })

// Only the planner knows what it knows: SHOW STATS_HISTOGRAMS also lists what belonged to a dropped index of the same
// name, and an account needs a grant on mysql.* for it.
const isUnseen = async (session: ReadSession, { table, name }: Index, isPseudoUnseen: boolean) => {
  const plan = await session.rows(
    planRow,
    `EXPLAIN SELECT * FROM ${quoteName(table)} FORCE INDEX (${quoteName(name)})`,
  )
  if (plan.some((row) => /stats:partial\[.*:missing/.test(row['operator info']))) return true
  // On a server of somebody's own it may be meant so (tidb_enable_pseudo_for_outdated_stats).
  if (!isPseudoUnseen) return false
  for (const row of plan.filter((item) => item['operator info'].includes('stats:pseudo'))) {
    // An empty table never has statistics, nor has an empty partition, which static pruning plans by itself.
    const partition = /\bpartition:([^,\s]+)/.exec(row['access object'])?.[1]
    const place = partition === undefined || partition === 'all' ? '' : ` PARTITION (${quoteName(partition)})`
    const rows = await session.rows(z.unknown(), `SELECT 1 FROM ${quoteName(table)}${place} LIMIT 1`)
    if (rows.length > 0) return true
  }
  return false
}

/** The tables whose statistics somebody locked (LOCK STATS), in lower case; none where this account may not see it. */
export const pinnedTables = async (session: ReadSession): Promise<Set<string>> => {
  const [{ name } = { name: '' }] = await session.rows(
    z.object({ name: z.string() }),
    'SELECT DATABASE() AS name',
  )
  const found = await session
    .rows(z.object({ Db_name: z.string(), Table_name: z.string() }), 'SHOW STATS_LOCKED')
    .catch(() => [])
  const here = found.filter(({ Db_name }) => Db_name.toLowerCase() === name.toLowerCase())
  return new Set(here.map(({ Table_name }) => Table_name.toLowerCase()))
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
  let unseen: string[] = []
  const areAllSeen = async () => {
    unseen = await unseenTables(session, indexes, isPseudoUnseen)
    return unseen.length === 0
  }
  await pollUntil(areAllSeen, { everyMs: pauseMs, limitMs: waitMs })
  return unseen
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
  const patience = 'guard' in runner.server ? onRealTarget : onThrowAway
  // One of its own: a connection that was idle while the steps ran may be cut by now.
  await using session = await openWriteSession(runner.server)
  const pinned = await pinnedTables(session)
  const open = indexes.filter(({ table }) => !pinned.has(table.toLowerCase()))
  const kept = [...new Set(indexes.filter((index) => !open.includes(index)).map(({ table }) => table))]
  if (kept.length > 0)
    runner.say(`the statistics of ${kept.join(', ')} are locked (SHOW STATS_LOCKED), and stay as they are`)
  for (let attempt = 1; ; attempt++) {
    const tables = await waitUntilSeen(session, open, patience)
    if (tables.length === 0) return done
    if (attempt > patience.attempts) {
      runner.say(
        `the planner still knows no statistics of ${tables.join(', ')}; run ANALYZE TABLE when the server is less busy`,
      )
      return done
    }
    runner.say(`the planner missed the statistics of ${tables.join(', ')}; ANALYZE runs again`)
    const steps = tables.map((table) =>
      planStep(phase, 'analyze', { table, name: '' }, analyzeStatement(table), { attempt: attempt + 1 }),
    )
    done.push(...(await runSteps(runner, steps)))
  }
}
