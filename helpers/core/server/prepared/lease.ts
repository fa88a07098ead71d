import { check, lock } from 'proper-lockfile'
import type { Say } from '../embedded/build.ts'

// As for a build: the lease of a killed process is free again after 20 s.
const options = { realpath: false, stale: 20_000 }

/** Whether a process that lives is making this entry. */
export const isLeased = (entry: string): Promise<boolean> => check(entry, options)

/** Waits until nobody else makes this entry, and says so. Returns what gives the lease back. */
export const leaseEntry = async (entry: string, about: string, say: Say): Promise<() => Promise<void>> => {
  if (await isLeased(entry)) say(`another run is preparing ${about}; waiting for it`)
  const retries = { forever: true, minTimeout: 200, maxTimeout: 200 }
  // Who loses the lease goes on: an entry gets its name when it is complete, so two that prepare it do no harm.
  return lock(entry, { ...options, update: 5_000, retries, onCompromised: () => {} })
}

/** Takes away the lock that a killed process left; one that is held stays. */
export const clearFreeLock = async (entry: string): Promise<void> => {
  const release = await lock(entry, { ...options, retries: 0 }).catch(() => undefined)
  await release?.()
}
