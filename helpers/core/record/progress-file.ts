import { z } from 'zod'
import type { RunFolder } from './run-folder.ts'

const progressShape = z.object({
  /** ms since 1970. */
  at: z.number(),
  text: z.string(),
  fraction: z.number().optional(),
})
const progressFile = 'progress.json'
const freshMs = 15_000

/** What a bar shows. */
export type ShownProgress = Omit<z.infer<typeof progressShape>, 'at'>

/** Puts the progress of the work under way where the process that owns the terminal finds it; undefined at its end. */
export const recordProgress = (run: RunFolder, progress: ShownProgress | undefined): void => {
  const { text, fraction } = progress ?? { text: '' }
  const at = progress === undefined ? 0 : Date.now()
  run.write(progressFile, { at, text, ...(fraction === undefined ? {} : { fraction }) })
}

/** The progress of the work under way; undefined when there is none, or when its writer was killed 15 s ago. */
export const readProgress = (run: RunFolder, now = Date.now()): ShownProgress | undefined => {
  if (!run.has(progressFile)) return undefined
  const { at, ...shown } = run.read(progressFile, progressShape, 'the steps')
  return now - at > freshMs ? undefined : shown
}
