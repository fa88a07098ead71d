import { pollUntil } from '../../helpers/core/async/poll-until.ts'

/**
 * Waits until a look, taken every 20 ms, finds something other than undefined or false. Returns what it found. Throws
 * after `limitMs`, a minute when left out, with what was waited for.
 */
export const until = <T>(what: string, look: () => Promise<T> | T, limitMs = 60_000) =>
  pollUntil(look, { everyMs: 20, limitMs, late: () => new Error(`waited ${limitMs / 1000} s for: ${what}`) })
