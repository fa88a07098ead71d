import { HarnessError } from '../core/errors/harness-error.ts'

/** Why a run may not write, and the command that provides what is missing. */
export interface Refusal {
  readonly code: string
  readonly what: string
  readonly next: string
}

/** Throws REFUSED with every reason and the command for each. Does nothing when there is none. */
export const assertNotRefused = (mode: string, refusals: readonly Refusal[], consequence: string): void => {
  if (refusals.length === 0) return
  throw new HarnessError('REFUSED', {
    what: `MODE=${mode} may not run:\n    ${refusals.map(({ code, what }) => `${code}: ${what}`).join('\n    ')}`,
    why: `A target of yours is changed only with all of CONFIRM, a rehearsal pass and proof of a backup. ${consequence}`,
    next: refusals.map(({ next }) => next).join('\n        '),
    fields: { refusals: refusals.map(({ code }) => code) },
  })
}
