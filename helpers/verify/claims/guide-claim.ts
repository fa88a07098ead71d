import { z } from 'zod'
import { HarnessError } from '../../core/errors/harness-error.ts'
import { type Migration, statementsOf } from '../../migrate/folder/migration.ts'
import type { NamedStatement } from '../../migrate/folder/named-statements.ts'
import { qualified } from '../queries/queries.ts'
import { boundShape, takesShape } from './amounts.ts'

const limit = z
  .string()
  .regex(/^-?\d+$/, { error: 'a whole number' })
  .transform(Number)
  .optional()
const said = {
  name: z.string().min(1),
  /** What the guide says, in our words. */
  claim: z.string().min(1),
}
const asked = {
  ...said,
  section: z.enum(['preflight', 'postconditions']),
  sql: z.string({ error: 'it needs a statement' }).min(1),
}
const countedKind = z.enum(['indexes', 'constraints', 'views'])

const guideClaimShape = z.discriminatedUnion('kind', [
  z
    .strictObject({
      ...asked,
      kind: z.literal('count'),
      min: limit,
      max: limit,
      truth: countedKind.optional(),
    })
    // Without any of them it would hold whatever the server answers.
    .refine(({ min, max, truth }) => (min ?? max ?? truth) !== undefined, {
      error: 'a count needs one of min, max and truth',
      path: ['kind'],
    }),
  z.strictObject({ ...asked, kind: z.enum(['answers', 'parses', 'refused']) }),
  z.strictObject({
    ...asked,
    kind: z.literal('sets'),
    watch: z.string().regex(/^\w+$/, { error: 'the name of a variable' }),
  }),
  z.strictObject({ ...said, kind: z.literal('plan'), index: qualified() }),
  z.strictObject({
    ...said,
    kind: z.literal('time'),
    of: z.enum(['indexes', 'constraints', 'all']),
    takes: takesShape,
  }),
  z
    .strictObject({
      ...said,
      kind: z.literal('metric'),
      benchmark: z.string().min(1).optional(),
      count: countedKind.optional(),
      traffic: z.enum(['errors']).optional(),
      before: boundShape.optional(),
      after: boundShape,
    })
    .refine(({ benchmark, count, traffic }) => [benchmark, count, traffic].filter(Boolean).length === 1, {
      error: 'exactly one of benchmark, count and traffic says where the figure comes from',
    }),
  z.strictObject({
    ...said,
    kind: z.literal('backup'),
    options: z.string().transform((text) => text.split(/\s+/).filter((option) => option !== '')),
  }),
])

/** One sentence of the guide, and by what it is judged: its `kind`. */
export type GuideClaim = z.infer<typeof guideClaimShape>
type Kind = GuideClaim['kind']
export type ClaimOf<K extends Kind> = Extract<GuideClaim, { kind: K }>

/** The kinds that are put to the server as a statement. */
export const statementKinds = ['count', 'answers', 'parses', 'refused', 'sets'] as const
export type StatementClaim = ClaimOf<(typeof statementKinds)[number]>
export type TimeClaim = ClaimOf<'time'>
export type Metric = ClaimOf<'metric'>

/** The error of a claim of claims.sql that cannot be judged. */
export const invalidClaim = (name: string, what: string): HarnessError =>
  new HarnessError('CLAIM_INVALID', {
    what: `claims.sql, "${name}": ${what}`,
    next: 'Correct it; the top of sql/v3/claims.sql explains the lines of its header.',
  })

/** Reads one claim of claims.sql. Throws CLAIM_INVALID with what it lacks. */
export const toGuideClaim = ({ name, about, sql }: NamedStatement): GuideClaim => {
  const parsed = guideClaimShape.safeParse({ ...about, name, ...(sql === '' ? {} : { sql }) })
  if (parsed.success) return parsed.data
  throw invalidClaim(name, z.prettifyError(parsed.error))
}

/** What the guide says that is judged in one of these ways, in the order of claims.sql. Throws CLAIM_INVALID. */
export const guideClaims = <K extends Kind>(migration: Migration, ...kinds: readonly K[]): ClaimOf<K>[] => {
  const isWanted = (claim: GuideClaim): claim is ClaimOf<K> => kinds.some((kind) => kind === claim.kind)
  return statementsOf(migration, 'claims').map(toGuideClaim).filter(isWanted)
}
