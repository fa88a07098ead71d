import { HarnessError } from '../../core/errors/harness-error.ts'
import type { ServerStats } from './record.ts'
import { sinceThen, topByTime } from './statements.ts'

/** The statements that took most of the server's time, on each side of the migration. */
export interface SeenStatements {
  readonly before: ReturnType<typeof topByTime>
  readonly after: ReturnType<typeof topByTime>
}

/** Puts both readings side by side; of the later one what came on top of the earlier. */
export const seenStatements = (
  before: ServerStats | undefined,
  after: ServerStats | undefined,
): SeenStatements | { readonly reason: string } => {
  const [first, last] = [before?.statements, after?.statements]
  const refused = [first, last].find((side) => side !== undefined && 'reason' in side)
  if (refused !== undefined && 'reason' in refused) return refused
  const found = (side: ServerStats['statements'] | undefined) =>
    side !== undefined && 'found' in side ? side.found : undefined
  const [was, now] = [found(first), found(last)]
  return { before: topByTime(was ?? []), after: topByTime(sinceThen(now ?? [], was ?? [])) }
}

/** Throws STATEMENTS_UNSEEN when the server counts statements, and yet has not seen those of this run. */
export const assertSeen = ({ before, after }: SeenStatements): void => {
  const missing = [...(before.length === 0 ? ['before'] : []), ...(after.length === 0 ? ['after'] : [])]
  if (missing.length === 0) return
  throw new HarnessError('STATEMENTS_UNSEEN', {
    what: `STATEMENTS_SUMMARY holds none of the statements that were run many times ${missing.join(' and ')} the migration.`,
    next: 'See whether tidb_enable_stmt_summary is ON and tidb_stmt_summary_max_stmt_count is large enough.',
  })
}
