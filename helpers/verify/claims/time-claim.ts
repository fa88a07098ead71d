import type { Claim } from '../../core/record/claim.ts'
import { duration } from '../../core/text/duration.ts'
import { sum } from '../../core/text/numbers.ts'
import type { EstimateLine } from '../../migrate/estimate/record.ts'
import { tablesOf } from '../../migrate/step/step.ts'
import type { TimeClaim } from './guide-claim.ts'

const describeTables = (lines: readonly EstimateLine[], tookMs: number): string => {
  const steps = lines.flatMap((line) => line.steps)
  // An ANALYZE of several tables is no table's own time.
  const own = steps.filter(({ tables }) => tables === undefined)
  const byTable = [...Map.groupBy(own, ({ table }) => table)]
    .map(([table, items]) => ({ table, ms: sum(items.map(({ tookMs: ms = 0 }) => ms)) }))
    .toSorted((a, b) => b.ms - a.ms)
  const longest =
    byTable[0] === undefined ? '' : `; the longest was ${byTable[0].table}, ${duration(byTable[0].ms)}`
  return `${estimatedTablesOf(lines).size} tables in ${duration(tookMs)}${longest}`
}

const estimatedTablesOf = (lines: readonly EstimateLine[]): Set<string> =>
  new Set(lines.flatMap(({ steps }) => steps.flatMap(tablesOf)))

const rowsOf = (lines: readonly EstimateLine[]): number => {
  const rows = new Map<string, number>()
  for (const step of lines.flatMap(({ steps }) => steps))
    if (step.tables === undefined) rows.set(step.table, step.rowsSeen ?? rows.get(step.table) ?? step.rows)
  return sum([...rows.values()])
}

/**
 * Holds what was measured against a time of the guide; undefined when the steps did not run. A time is held when it was
 * not longer than the guide's upper figure and not less than half of its lower one. An estimate that is far too long is
 * wrong too: nights are planned by it. The guide names no number of rows, so the verdict tells how many there were.
 */
export const judgeTime = (
  { claim, takes: { per, fromSeconds, toSeconds } }: TimeClaim,
  lines: readonly EstimateLine[],
  reasonNotTo: string | undefined,
): Omit<Claim, 'section'> | undefined => {
  const took = lines.flatMap(({ tookMs }) => tookMs ?? [])
  if (lines.length === 0 || took.length < lines.length) return undefined
  const ms = per === 'run' ? sum(took) : sum(took) / Math.max(1, estimatedTablesOf(lines).size)
  const isHeld = ms <= toSeconds * 1000 && ms >= (fromSeconds * 1000) / 2
  const about = `${duration(ms)}${per === 'table' ? ' a table' : ''}, for ${rowsOf(lines).toLocaleString('en')} rows: ${describeTables(lines, sum(took))}`
  if (reasonNotTo !== undefined) return { claim, verdict: 'unchecked', measured: `${about}; ${reasonNotTo}` }
  return { claim, verdict: isHeld ? 'held' : 'refuted', measured: about }
}
