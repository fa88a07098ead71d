import { appendFileSync } from 'node:fs'
import { z } from 'zod'
import { log } from '../core/record/record.ts'
import type { RunFolder } from '../core/record/run-folder.ts'

const entryShape = z.object({
  purchase: z.string(),
  state: z.enum(['sent', 'acknowledged', 'failed']),
  /** Why it failed, as the buyer saw it. */
  reason: z.string().optional(),
})
type JournalEntry = z.infer<typeof entryShape>

export const purchaseLog = log('purchases.jsonl', entryShape)

/** Writes one line, at once: the journal must know of a purchase before the application does. */
export const notePurchase = (path: string, entry: JournalEntry): void =>
  appendFileSync(path, `${JSON.stringify(entry)}\n`)

/** What became of the purchases of a run, as the buyers saw it. */
export interface Journal {
  /** The application said that it was made. */
  readonly acknowledged: ReadonlySet<string>
  /** Sent and refused, cut or never answered, each with the reason: it may have been made or not. */
  readonly unknown: ReadonlyMap<string, string>
}

export const readJournal = (run: RunFolder): Journal => {
  const lines = purchaseLog.read(run)
  const acknowledged = new Set(
    lines.filter(({ state }) => state === 'acknowledged').map(({ purchase }) => purchase),
  )
  const unknown = new Map<string, string>()
  for (const { purchase, reason = 'sent, and no word of it since' } of lines)
    if (!acknowledged.has(purchase)) unknown.set(purchase, reason)
  return { acknowledged, unknown }
}
