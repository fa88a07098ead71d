import { HarnessError } from '../core/errors/harness-error.ts'

// The one state that a module may hold: it is there to be lost with all others of its section.
let usedBy: string | undefined

/** Throws MODULES_KEPT when an earlier section has used the modules that this one was given. */
export const assertFreshModules = (section: string): void => {
  if (usedBy !== undefined) {
    throw new HarnessError('MODULES_KEPT', {
      what: `The section ${section} was given the modules of the section ${usedBy}.`,
      why: 'It could take over what that one learned. None of its checks was run.',
      next: 'Put helpers/run/each-section.ts back into setupFiles in vitest.config.ts: it makes them anew.',
      fields: { section, usedBy },
    })
  }
  usedBy = section
}
