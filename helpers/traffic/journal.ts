import { appendFileSync } from 'node:fs'
import { z } from 'zod'
import type { RunFolder } from '../run/run-folder.ts'

const entryShape = z.object({ purchase: z.string(), state: z.enum(['sent', 'acknowledged']) })
type Entry = z.infer<typeof entryShape>

export const journalFile = 'purchases.jsonl'

/** Writes one line, at once: the journal must know of a purchase before the application does. */
export const note = (path: string, entry: Entry): void => appendFileSync(path, `${JSON.stringify(entry)}\n`)

/** What became of the purchases of a run, as the buyers saw it. */
export interface Journal {
  /** The application said that it was made. */
  readonly acknowledged: ReadonlySet<string>
  /** Sent and refused, cut or never answered: it may have been made or not. */
  readonly unknown: ReadonlySet<string>
}

export const readJournal = (run: RunFolder): Journal => {
  const lines = run.lines(journalFile, entryShape)
  const codesOf = (wanted: Entry['state']) =>
    new Set(lines.filter(({ state }) => state === wanted).map(({ purchase }) => purchase))
  const acknowledged = codesOf('acknowledged')
  return { acknowledged, unknown: codesOf('sent').difference(acknowledged) }
}
