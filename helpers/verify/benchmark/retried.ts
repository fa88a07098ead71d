import { setTimeout as sleep } from 'node:timers/promises'

// A machine is busy for seconds at a time: an attempt right after the last one would fall into the same stretch.
const pausesMs = [2_000, 4_000]

/**
 * Measures again while what is kept is suspect, twice at most, each time after a pause. Returns what `again` kept last.
 * What else runs on a machine can only make a statement slower, and one that is slow by itself is so every time.
 */
export const retried = async <T>(
  first: T,
  isSuspect: (kept: T) => boolean,
  again: (kept: T) => Promise<T>,
): Promise<T> => {
  let kept = first
  for (const pauseMs of pausesMs) {
    if (!isSuspect(kept)) break
    await sleep(pauseMs)
    kept = await again(kept)
  }
  return kept
}
