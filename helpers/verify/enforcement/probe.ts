import { z } from 'zod'
import { messageOf } from '../../core/errors/harness-error.ts'
import { serverErrorNumber } from '../../core/errors/server-error.ts'
import { type Constraint, findTable, type Snapshot } from '../../core/schema/model.ts'
import { type RowShape, rowShapeOf } from '../../core/schema/settable-columns.ts'
import type { WriteSession } from '../../core/server/session.ts'
import type { NamedStatement } from '../../migrate/folder/named-statements.ts'
import { type Attempt, findAttempts, probeToWrite, writtenAttempt } from './attempts.ts'

/** What the server did with a statement that breaks a constraint. The statement is always rolled back. */
export interface Probe {
  readonly outcome: 'refused' | 'accepted' | 'impossible'
  readonly statement: string
  /** The server's error, or why no statement was found. */
  readonly answer: string
}

const checkViolated = 3819
const nothingBroken = 'it leaves no row that breaks the clause'

const toProbe = (error: unknown, statement: string, constraint: Constraint): Probe => {
  const number = serverErrorNumber(error)
  // A socket's errno is negative: a lost connection says nothing of the constraint.
  if (number === undefined || number < 0) throw error
  const answer = messageOf(error)
  return number === checkViolated && answer.toLowerCase().includes(`'${constraint.name.toLowerCase()}'`)
    ? { outcome: 'refused', statement, answer: `${checkViolated}: ${answer}` }
    : { outcome: 'impossible', statement, answer: `refused for another reason: ${answer}` }
}

const tryOut = async (
  session: WriteSession,
  { sql, proof }: Attempt,
  constraint: Constraint,
): Promise<Probe> => {
  await session.run('BEGIN')
  try {
    const { affectedRows } = await session.run(sql)
    // What the column made of the value may well keep the clause: 1 in a YEAR is 2001.
    const isBroken = affectedRows > 0 && (await session.rows(z.unknown(), proof)).length > 0
    return isBroken
      ? { outcome: 'accepted', statement: sql, answer: 'the server accepted it' }
      : { outcome: 'impossible', statement: sql, answer: nothingBroken }
  } catch (error) {
    return toProbe(error, sql, constraint)
  } finally {
    await session.run('ROLLBACK')
  }
}

const tryAll = async (session: WriteSession, shape: RowShape, constraint: Constraint): Promise<Probe> => {
  let last: Probe | undefined
  for await (const attempt of findAttempts(session, shape, constraint)) {
    const probe = await tryOut(session, attempt, constraint)
    if (probe.outcome !== 'impossible') return probe
    // What the server said tells more than that a value was of no use.
    if (last === undefined || probe.answer !== nothingBroken) last = probe
  }
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
 * answer to. Refused means error 3819 in this constraint's name.
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
      : await tryOut(session, attempt, constraint)
  } finally {
    await session.setSession('foreign_key_checks', checks)
  }
}
