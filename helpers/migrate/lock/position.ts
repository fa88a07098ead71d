import { z } from 'zod'
import { HarnessError } from '../../core/errors/harness-error.ts'
import { record } from '../../core/record/record.ts'
import { qualifiedName } from '../../core/schema/model.ts'
import type { Difference } from './difference.ts'

const sideShape = z.enum(['before', 'between', 'after'])
/** Where a target stands: nothing of the lock is there, some of it, or all. */
export type Side = z.infer<typeof sideShape>

/** What a target holds of the lock, by `table.name`. */
export interface Position {
  readonly side: Side
  readonly present: readonly string[]
  readonly missing: readonly string[]
  readonly different: readonly string[]
}

const positionShape = z.object({
  side: sideShape,
  present: z.array(z.string()),
  missing: z.array(z.string()),
  different: z.array(z.string()),
})

/** What the preflight found. */
export const positionRecord = record<Position>('standing.json', positionShape)

/** On which side of the migration a difference to the lock is. */
export const positionOf = ({ indexes, constraints }: Difference): Position => {
  const present = [...indexes.present, ...constraints.present].map(qualifiedName)
  const missing = [...indexes.missing, ...constraints.missing].map(qualifiedName)
  const different = [...indexes.different, ...constraints.different].map(({ wanted }) =>
    qualifiedName(wanted),
  )
  const isBefore = present.length + different.length === 0 && missing.length > 0
  const isAfter = missing.length + different.length === 0
  return { side: isAfter ? 'after' : isBefore ? 'before' : 'between', present, missing, different }
}

const described = ({ side, present, missing, different }: Position): string => {
  if (side === 'before') return 'not applied'
  if (side === 'after') return 'applied'
  const lines = [
    ...missing.map((name) => `missing    ${name}`),
    ...different.map((name) => `different  ${name}`),
  ]
  const all = present.length + lines.length
  return `applied in part: ${present.length} of ${all} are there\n    ${lines.join('\n    ')}`
}

/**
 * Throws WRONG_SIDE when the target is not on the expected side, and PARTLY_APPLIED when it is on none; both say
 * what is missing or different.
 */
export const assertSide = (
  position: Position,
  expected: 'before' | 'after' | undefined,
  targetName: string,
): void => {
  const goOn = `Add what is missing: TARGET=${targetName} MODE=apply npx vitest run`
  if (expected !== undefined && position.side !== expected) {
    throw new HarnessError('WRONG_SIDE', {
      what: `EXPECT=${expected}, but the migration is ${described(position)}.`,
      next: expected === 'after' ? goOn : 'Find out who applied it.',
    })
  }
  if (position.side !== 'between') return
  throw new HarnessError('PARTLY_APPLIED', { what: `The migration is ${described(position)}.`, next: goOn })
}
