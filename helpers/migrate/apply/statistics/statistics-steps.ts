import { analyzeStatement } from '../../folder/statements.ts'
import { type Phase, planStep, type Step } from '../../step/step.ts'
import type { WantedSetting } from '../settings/wanted.ts'

const smallBelowRows = 10_000

/**
 * The server analyzes by itself any table of 1,000 rows or more with an index that has no statistics, so it would do
 * so after each new index of Part A, beside the next one. Part A does it once, after a table's last index.
 * Measured on v7.5.0, 25 indexes at small scale: 9.3 s of server time with it, 4.5 s without.
 */
export const autoAnalyzeOff: WantedSetting = {
  variable: 'tidb_enable_auto_analyze',
  value: 'OFF',
  mayBeRefused: true,
}

/** What is to be done on large tables, the largest first, then the rest as it comes: what takes longest is not begun last. */
export const bySize = <T extends { table: string }>(
  items: readonly T[],
  rows: ReadonlyMap<string, number>,
): T[] => {
  const rowsOf = ({ table }: T) => {
    const count = rows.get(table.toLowerCase()) ?? 0
    return count < smallBelowRows ? 0 : count
  }
  return items.toSorted((a, b) => rowsOf(b) - rowsOf(a))
}

/**
 * ANALYZE for tables with a new index. A large table has a step of its own, to run after its last index and beside
 * other tables; the small ones share one at the end, because every ANALYZE statement reads back what the ones just
 * before it wrote: 11 small tables take 1.7 s in one statement and 3.0 s in eleven (v7.5.0).
 */
export const analyzeSteps = (
  phase: Phase,
  tables: readonly string[],
  rows: ReadonlyMap<string, number>,
): { large: Step[]; small: Step[] } => {
  const step = (...names: string[]) =>
    planStep(phase, 'analyze', { table: names, name: '' }, analyzeStatement(...names))
  const isSmall = (table: string) => (rows.get(table.toLowerCase()) ?? 0) < smallBelowRows
  const small = tables.filter(isSmall)
  return {
    large: tables.filter((table) => !isSmall(table)).map((table) => step(table)),
    small: small.length === 0 ? [] : [step(...small)],
  }
}
