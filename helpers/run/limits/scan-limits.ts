import { RunFolder } from '../../core/record/run-folder.ts'
import { type ScanLimits, type Scanned, wholeTables } from '../../core/rows/scan.ts'
import { seconds } from '../../core/text/duration.ts'
import type { RunContext } from '../context.ts'
import { startRecord } from '../records.ts'
import { Skipped } from '../result/skipped.ts'

const chunkRows = 50_000
const sayEveryMs = 5_000

/**
 * How much of a target the next check may read. In MODE=check half of what is left of CHECK_SECONDS since the run began, so
 * that none takes all from those behind it; in any other mode all rows, because nothing is changed before they were looked at.
 */
export const scanLimits = ({ mode, settings, runDir }: RunContext, what: string): ScanLimits => {
  let saidAt = performance.now()
  const progress = (rows: number, spentMs: number) => {
    if (performance.now() - saidAt < sayEveryMs) return
    saidAt = performance.now()
    console.log(`   ${what}: ${rows.toLocaleString('en')} rows in ${seconds(spentMs)}`)
  }
  if (mode !== 'check') return { ...wholeTables, progress }
  const { startedAt } = startRecord.read(new RunFolder(runDir))
  const leftMs = settings.CHECK_SECONDS * 1000 - (Date.now() - Date.parse(startedAt))
  return { budgetMs: leftMs / 2, chunkRows, pauseMs: settings.CHECK_PAUSE_MS, progress }
}

/** Throws a skip that says how far a scan came, where its budget ended before the table. */
export const skipUnlessWhole = (
  { isWhole, rows }: Scanned,
  table: string,
  settings: RunContext['settings'],
): void => {
  if (isWhole) return
  throw new Skipped(
    'PARTLY_CHECKED',
    `${rows.toLocaleString('en')} rows of ${table} were looked at, and none of them is in the way; then CHECK_SECONDS=${settings.CHECK_SECONDS} were over`,
  )
}
