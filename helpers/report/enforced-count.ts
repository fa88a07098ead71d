import type { Summary } from './summary.ts'

/**
 * `21 of 21 enforced`, as probes showed; where nothing was probed, how many the server declares as ENFORCED.
 * Left out are those that are NOT ENFORCED on purpose, which are counted behind.
 */
export const enforcedCount = ({ constraints }: Summary, noun = ''): string => {
  const { expected, enforceable, enforced, declared, probed } = constraints
  const onPurpose = expected - enforceable
  const notEnforced = onPurpose === 0 ? '' : `, ${onPurpose} NOT ENFORCED on purpose`
  return probed === 0 && declared > 0
    ? `${declared} of ${enforceable}${noun} declared ENFORCED, none probed${notEnforced}`
    : `${enforced} of ${enforceable}${noun} enforced${notEnforced}`
}
