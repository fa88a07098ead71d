import { z } from 'zod'

/** What a target may be called. */
export const targetName = /^[a-z][a-z0-9_-]{0,31}$/
const throwAwayTargets = ['embedded', 'container'] as const

/** True for the targets that the harness starts and ends itself, and may write to as it likes. */
export const isThrowAwayName = (target: string): boolean => throwAwayTargets.some((name) => name === target)

/** A whole number within bounds, given as text. */
export const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d+$/, { error: `a whole number from ${min} to ${max}` })
    .transform(Number)
    .refine((value) => value >= min && value <= max, { error: `a whole number from ${min} to ${max}` })

const isDecodable = (text: string): boolean => {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}

/** Whether a DATABASE_URL names user, host and database of a MySQL server. */
export const isMysqlUrl = (value: string): boolean => {
  if (!URL.canParse(value)) return false
  const { protocol, hostname, pathname, username, password } = new URL(value)
  const isComplete = hostname !== '' && pathname.length > 1 && username !== ''
  return protocol === 'mysql:' && isComplete && [username, password, pathname].every(isDecodable)
}

/** What a DATABASE_URL looks like, for a refusal. */
export const urlForm = 'mysql://USER:PASSWORD@HOST:PORT/DATABASE (odd characters percent-encoded)'
