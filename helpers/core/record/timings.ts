import { z } from 'zod'
import { log } from './record.ts'
import type { RunFolder } from './run-folder.ts'

export const timingLog = log('timings.jsonl', z.object({ part: z.string(), durationMs: z.number() }))

/** Runs one part of the run and puts its time (ms) on record. */
export const timed = async <T>(run: RunFolder, part: string, work: () => Promise<T>): Promise<T> => {
  const started = performance.now()
  const result = await work()
  timingLog.append(run, { part, durationMs: Math.round(performance.now() - started) })
  return result
}
