import { z } from 'zod'
import { messageOf } from '../../core/errors/harness-error.ts'
import { serverErrorNumber } from '../../core/errors/server-error.ts'
import { type Constraint, findTable, type Snapshot } from '../../core/schema/model.ts'
import { type RowShape, rowShapeOf, settableColumnsOf } from '../../core/schema/settable-columns.ts'
import type { WriteSession } from '../../core/server/session.ts'
import type { NamedStatement } from '../../migrate/folder/named-statements.ts'
import { type Attempt, findAttempts, probeToWrite, writtenAttempt } from './attempts.ts'
import { isRefusedByType } from './beyond-type.ts'

/** What the server did with a statement that breaks a constraint. The statement is always rolled back. */
export interface Probe {
  readonly outcome: 'refused' | 'accepted' | 'guaranteed' | 'impossible'
  readonly statement: string
  /** The server's error, or why no statement was found. */
  readonly answer: string
}

const checkViolated = 3819
const nothingBroken = 'it leaves no row that breaks the clause'

/** A probe, and the server's error where it refused the statement. */
interface Tried {
  readonly probe: Probe
  readonly error?: { readonly number: number; readonly message: string }
}

const triedInVain = (thrown: unknown, statement: string, { name }: Constraint): Tried => {
  const number = serverErrorNumber(thrown)
  // A socket's errno is negative: a lost connection says nothing of the constraint.
  if (number === undefined || number < 0) throw thrown
  const message = messageOf(thrown)
  const isOwn = number === checkViolated && message.toLowerCase().includes(`'${name.toLowerCase()}'`)
  return {
    error: { number, message },
    probe: isOwn
      ? { outcome: 'refused', statement, answer: `${checkViolated}: ${message}` }
      : { outcome: 'impossible', statement, answer: `refused for another reason: ${message}` },
  }
}

const tryOut = async (
  session: WriteSession,
  { sql, proof }: Attempt,
  constraint: Constraint,
): Promise<Tried> => {
  await session.run('BEGIN')
  try {
    const { affectedRows } = await session.run(sql)
    // What the column made of the value may well keep the clause: 1 in a YEAR is 2001.
    const isBroken = affectedRows > 0 && (await session.rows(z.unknown(), proof)).length > 0
    return {
      probe: isBroken
        ? { outcome: 'accepted', statement: sql, answer: 'the server accepted it' }
        : { outcome: 'impossible', statement: sql, answer: nothingBroken },
    }
  } catch (error) {
    return triedInVain(error, sql, constraint)
  } finally {
    await session.run('ROLLBACK')
  }
}

const tryAll = async (session: WriteSession, shape: RowShape, constraint: Constraint): Promise<Probe> => {
  const columns = settableColumnsOf(shape, constraint.clause)
  let last: Probe | undefined
  let byType: Probe | undefined
  let isBreakable = false
  for await (const attempt of findAttempts(session, shape, constraint)) {
    const { probe, error } = await tryOut(session, attempt, constraint)
    if (probe.outcome !== 'impossible') return probe
    if (error !== undefined && isRefusedByType(error.number, error.message, columns)) {
      const answer = `no value that its columns hold was found to break it, and their type refuses what would: ${error.number}: ${error.message}`
      byType ??= { outcome: 'guaranteed', statement: probe.statement, answer }
      continue
    }
    if (error !== undefined) isBreakable = true
    // What the server said tells more than that a value was of no use.
    if (last === undefined || probe.answer !== nothingBroken) last = probe
  }
  if (byType !== undefined && !isBreakable) return byType
  return {
    outcome: 'impossible',
    statement: last?.statement ?? '',
    answer: `no values were found that break it${last === undefined ? '' : ` (the last try: ${last.answer})`}; ${probeToWrite(shape, constraint)}`,
  }
}

/**
 * Breaks a constraint on purpose, in a transaction that is always rolled back: an UPDATE of one row, or
 * an INSERT where the table is empty. `written` is the migration's own statement of probes.sql, for a
 * clause that the harness finds no values for: one on JSON, on more than three columns, or that most values are no
 * answer to. Refused means error 3819 in this constraint's name; guaranteed, that the columns' own types rule out every row
 * that would break it, and are seen to refuse one.
 */
export const probeConstraint = async (
  session: WriteSession,
  snapshot: Snapshot,
  constraint: Constraint,
  written?: NamedStatement,
): Promise<Probe> => {
  const table = findTable(snapshot, constraint.table)
  if (table === undefined)
    return { outcome: 'impossible', statement: '', answer: `there is no table ${constraint.table}` }
  const attempt = written === undefined ? undefined : await writtenAttempt(session, written, constraint)
  const { checks } = await session.row(
    z.object({ checks: z.number() }),
    'SELECT @@SESSION.foreign_key_checks AS checks',
  )
  // A row for an empty table has no parents; the constraint is what is being tried.
  await session.setSession('foreign_key_checks', 0)
  try {
    return attempt === undefined
      ? await tryAll(session, rowShapeOf(table), constraint)
      : (await tryOut(session, attempt, constraint)).probe
  } finally {
    await session.setSession('foreign_key_checks', checks)
  }
}
