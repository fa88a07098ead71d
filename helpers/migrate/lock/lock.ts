import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { z } from 'zod'
import { HarnessError, messageOf } from '../../core/errors/harness-error.ts'
import { constraintShape, indexShape, snapshotShape } from '../../core/schema/model.ts'
import { hashOfSources, type Migration } from '../folder/migration.ts'

const additionsShape = z.object({ indexes: z.array(indexShape), constraints: z.array(constraintShape) })
export type Additions = z.infer<typeof additionsShape>

const lockShape = z.strictObject({
  lockVersion: z.literal(1),
  migration: z.string(),
  /** The release of the engine that the lock was read from. */
  engine: z.string(),
  /** Hash over the SQL files that the lock was made from. */
  sources: z.string(),
  /** Hash over `adds`; a rehearsal pass names it. */
  hash: z.string(),
  adds: additionsShape,
  /** The schema before the migration. */
  baseline: snapshotShape,
  /** The target whose own structure it was made on (BASELINE_FROM). */
  baselineFrom: z.string().optional(),
})
/** The schema that a migration means, as a throw-away TiDB showed it. */
export type Lock = z.infer<typeof lockShape> & {
  /** What EXCEPT leaves out of `adds`. */
  readonly leftOut?: Additions
}

export const hashOfAdditions = (adds: Additions): string =>
  createHash('sha256').update(JSON.stringify(adds)).digest('hex')

/** What the migration's lock.json adds, stale or not; undefined without one that can be read. */
export const findAdditions = (migration: Migration): Additions | undefined => {
  if (!existsSync(migration.lockFile)) return undefined
  try {
    return lockShape.parse(JSON.parse(readFileSync(migration.lockFile, 'utf8'))).adds
  } catch {
    // What is wrong with it is told where one is needed.
    return undefined
  }
}

/**
 * Reads the migration's lock.json. Throws LOCK_MISSING, LOCK_INVALID, or LOCK_STALE when a SQL file
 * has changed since the lock was made.
 */
export const readLock = (migration: Migration): Lock => {
  const next = `Run: MIGRATION=${migration.given} npm run lock, and commit ${migration.place}/lock.json.`
  if (!existsSync(migration.lockFile)) {
    throw new HarnessError('LOCK_MISSING', { what: `${migration.place}/lock.json does not exist.`, next })
  }
  let lock: Lock
  try {
    lock = lockShape.parse(JSON.parse(readFileSync(migration.lockFile, 'utf8')))
  } catch (cause) {
    const what = `${migration.place}/lock.json cannot be read: ${messageOf(cause)}`
    throw new HarnessError('LOCK_INVALID', { what, next, cause })
  }
  if (lock.hash !== hashOfAdditions(lock.adds)) {
    const what = `${migration.place}/lock.json was edited by hand: its hash does not fit.`
    throw new HarnessError('LOCK_INVALID', { what, next })
  }
  if (lock.sources !== hashOfSources(migration)) {
    throw new HarnessError('LOCK_STALE', {
      what: `${migration.place}/lock.json is stale: a SQL file has changed since it was made.`,
      why: 'A stale lock would verify another migration than the one in the files.',
      next,
    })
  }
  return lock
}
