import { setTimeout as sleep } from 'node:timers/promises'

/** A wait that no clock ends. Whoever says it gives the reason beside it. */
export const forEver = Number.POSITIVE_INFINITY

interface Poll {
  /** The pause between two looks, in ms. */
  readonly everyMs: number
  /** After how many ms the last look is taken. */
  readonly limitMs: number
}

type Found<T> = Exclude<T, undefined | false>

/**
 * Looks again and again until a look gives something other than undefined or false. Returns that, or undefined when the
 * limit is over; with `late` it throws that error instead. It looks once at least, and what a look throws ends the wait.
 */
export function pollUntil<T>(
  look: () => Promise<T> | T,
  poll: Poll & { readonly late: () => Error },
): Promise<Found<T>>
export function pollUntil<T>(look: () => Promise<T> | T, poll: Poll): Promise<Found<T> | undefined>
export async function pollUntil<T>(
  look: () => Promise<T> | T,
  { everyMs, limitMs, late }: Poll & { readonly late?: () => Error },
): Promise<Found<T> | undefined> {
  const lastLookAt = performance.now() + limitMs
  for (;;) {
    // Of a look that takes long, the beginning counts: what it saw may be as old.
    const isLast = performance.now() >= lastLookAt
    const found = await look()
    if (found !== undefined && found !== false) return found as Found<T>
    if (isLast) break
    await sleep(everyMs)
  }
  if (late !== undefined) throw late()
  return undefined
}
