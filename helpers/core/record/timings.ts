import { z } from 'zod'
import type { RunFolder } from './run-folder.ts'

export const timingShape = z.object({ part: z.string(), durationMs: z.number() })
export const timingsFile = 'timings.jsonl'

/** Runs one part of the run and puts its time (ms) on record. */
export const timed = async <T>(run: RunFolder, part: string, work: () => Promise<T>): Promise<T> => {
  const started = performance.now()
  const result = await work()
  run.append(timingsFile, { part, durationMs: Math.round(performance.now() - started) })
  return result
}
