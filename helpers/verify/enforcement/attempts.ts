import { z } from 'zod'
import { HarnessError, messageOf } from '../../core/errors/harness-error.ts'
import { type Constraint, qualifiedName } from '../../core/schema/model.ts'
import { type RowShape, settableColumnsOf } from '../../core/schema/settable-columns.ts'
import type { ReadSession } from '../../core/server/session.ts'
import { quoteName } from '../../core/text/quote.ts'
import type { NamedStatement } from '../../migrate/folder/named-statements.ts'
import { columnSets, orderByKey } from './column-sets.ts'
import { makeRow, passes } from './made-row.ts'
import { type CandidateRow, findValues } from './search.ts'
import { literal } from './values.ts'

/** A statement that should break a constraint, and a query that finds a row once it did. */
export interface Attempt {
  readonly sql: string
  readonly proof: string
}

const anyRowBroken = (table: string, { clause }: Constraint) =>
  `SELECT 1 FROM ${quoteName(table)} WHERE (${clause}) IS FALSE LIMIT 1`

const toInsert = (shape: RowShape, constraint: Constraint, row: CandidateRow): Attempt => {
  const names = shape.settable.map(({ name }) => quoteName(name))
  const values = shape.settable.map((column) => literal(column, row.get(column.name) ?? null))
  return {
    sql: `INSERT INTO ${quoteName(shape.table.name)} (${names.join(', ')}) VALUES (${values.join(', ')})`,
    proof: anyRowBroken(shape.table.name, constraint),
  }
}

const toUpdate = (shape: RowShape, { clause }: Constraint, changed: CandidateRow): Attempt => {
  const table = quoteName(shape.table.name)
  const set = shape.settable
    .filter(({ name }) => changed.has(name))
    .map((column) => ({
      isKey: shape.key.includes(column.name),
      text: `${quoteName(column.name)} = ${literal(column, changed.get(column.name) ?? null)}`,
    }))
  const moved = set.filter(({ isKey }) => isKey).map(({ text }) => text)
  return {
    sql: `UPDATE ${table} SET ${set.map(({ text }) => text).join(', ')} ${orderByKey(shape)} LIMIT 1`,
    // A row with a new key need not be the first any more.
    proof:
      moved.length === 0
        ? `SELECT 1 FROM (SELECT * FROM ${table} ${orderByKey(shape)} LIMIT 1) AS changed_row WHERE (${clause}) IS FALSE`
        : `SELECT 1 FROM ${table} WHERE ${moved.join(' AND ')} AND (${clause}) IS FALSE LIMIT 1`,
  }
}

/**
 * Statements that may break this constraint: an UPDATE of the first row, or an INSERT where there is none.
 * First those that break no other of the table's constraints; then, for a clause that another one implies,
 * those that may; then, for a clause that the types imply, those with values that no column holds.
 */
export const findAttempts = async function* (
  session: ReadSession,
  shape: RowShape,
  constraint: Constraint,
): AsyncGenerator<Attempt> {
  const { table } = shape
  const { clause } = constraint
  const others = table.constraints.filter(({ name, enforced }) => enforced && name !== constraint.name)
  const first = await session.rows(z.unknown(), `SELECT 1 FROM ${quoteName(table.name)} LIMIT 1`)
  const base = first.length > 0 ? undefined : await makeRow(session, shape, others)
  const sets = [...(base === undefined ? [] : [[]]), ...columnSets(shape, clause, others)]
  const broken = `(${clause}) IS FALSE`
  const rounds = [
    { where: `${broken} AND ${passes(others)}`, sets },
    { where: broken, sets: others.length === 0 ? [] : sets },
    { where: broken, sets: columnSets(shape, clause, []), isBeyondType: true },
  ]
  for (const { where, sets: tried, isBeyondType = false } of rounds) {
    const search = { session, shape, base, clause, where, isBeyondType }
    for (const changed of tried) {
      for (const row of await findValues(search, changed)) {
        yield base === undefined
          ? toUpdate(shape, constraint, row)
          : toInsert(shape, constraint, new Map([...base, ...row]))
      }
    }
  }
}

/** What to write into probes.sql where no attempt was found, for a person to fill in. */
export const probeToWrite = (shape: RowShape, constraint: Constraint): string => {
  const set = settableColumnsOf(shape, constraint.clause).map(
    (column) => `${quoteName(column)} = <what breaks it>`,
  )
  return `write one in the migration's probes.sql, such as (INSERT where the table is empty):
    -- name: ${qualifiedName(constraint)}
    UPDATE ${quoteName(constraint.table)} SET ${set.join(', ')} LIMIT 1;`
}

/**
 * The attempt that the migration's own probes.sql gives. EXPLAIN tells that it is a single statement on rows:
 * a DDL or a COMMIT could not be rolled back. Throws PROBE_INVALID.
 */
export const writtenAttempt = async (
  session: ReadSession,
  { name, sql }: NamedStatement,
  constraint: Constraint,
): Promise<Attempt> => {
  const invalid = (cause: unknown) =>
    new HarnessError('PROBE_INVALID', {
      what: `probes.sql, "${name}": ${messageOf(cause)}`,
      why: 'A probe is one INSERT, UPDATE or REPLACE, which can be rolled back.',
      next: 'Correct the statement in probes.sql.',
      cause,
    })
  const operators = await session.rows(z.unknown(), `EXPLAIN ${sql}`).catch((cause: unknown) => {
    throw invalid(cause)
  })
  // TiDB explains ALTER TABLE too, with no rows.
  if (operators.length === 0) throw invalid('it changes the schema')
  return { sql, proof: anyRowBroken(constraint.table, constraint) }
}
