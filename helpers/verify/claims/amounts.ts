import { z } from 'zod'

/** What a figure must keep. */
export interface Bound {
  readonly min?: number | undefined
  readonly max?: number | undefined
  /** Less than this, where `max` would let it pass. */
  readonly below?: number | undefined
}

const number = String.raw`\d+(?:\.\d+)?`
const boundForm = new RegExp(
  `^(?:below (?<below>${number})|(?<least>${number}) or more|(?<from>${number})(?: to (?<to>${number}))?)$`,
)

/** `below 50`, `45 or more`, `18 to 22`, or one number that it must be. */
export const boundShape = z
  .string()
  .regex(boundForm, { error: 'below 50, 45 or more, 18 to 22, or one number' })
  .transform((text): Bound => {
    const { below, least, from, to = from } = boundForm.exec(text)?.groups ?? {}
    if (below !== undefined) return { below: Number(below) }
    if (least !== undefined) return { min: Number(least) }
    return { min: Number(from), max: Number(to) }
  })

const takesForm = /^(?<from>\d+)(?: to (?<to>\d+))? seconds (?<per>a table|in all)$/

/** `30 seconds a table`, or `300 to 600 seconds in all`. */
export const takesShape = z
  .string()
  .regex(takesForm, { error: '30 seconds a table, or 300 to 600 seconds in all' })
  .transform((text) => {
    const { from, to = from, per } = takesForm.exec(text)?.groups ?? {}
    return {
      fromSeconds: Number(from),
      toSeconds: Number(to),
      per: per === 'a table' ? ('table' as const) : ('run' as const),
    }
  })
