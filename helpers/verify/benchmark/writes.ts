import { HarnessError } from '../../core/errors/harness-error.ts'
import { serverErrorNumber } from '../../core/errors/server-error.ts'
import { columnsIn } from '../../core/schema/definition.ts'
import type { Table } from '../../core/schema/model.ts'
import type { ReadSession, WriteSession } from '../../core/server/session.ts'
import { quoteName } from '../../core/text/quote.ts'
import type { Random } from '../../migrate/data/random.ts'
import { inKeyOrder, type LiteralRow, readLiterals, writableColumns } from './literals.ts'
import { comparePairs, type TimedPair, timePairs } from './pairs.ts'
import { sampleTimesOf } from './percentiles.ts'
import type { WriteRecord, WritesRecord } from './record.ts'
import type { ScratchDatabase } from './scratch-database.ts'

const constraintViolated = 3819
const stockRows = 1000
const mostPairs = 60
/** Fewer than that prove nothing. */
const leastPairs = 10

/** One table, as it was before the migration and as it is after. */
export interface BothSides {
  readonly before: Table
  readonly after: Table
}

const toRecord = (pairs: readonly TimedPair[]): WriteRecord => {
  const perSecond = (side: 0 | 1) => Math.round(1000 / sampleTimesOf(pairs.map((pair) => pair[side])).p50)
  const { ratio } = comparePairs(pairs)
  return { afterPerSecond: perSecond(0), beforePerSecond: perSecond(1), ratio, pairs: pairs.length }
}

/** Times one statement a pair on both copies: the n-th call of each side gets the n-th row. */
const timeStatements = async (
  session: WriteSession,
  rows: readonly LiteralRow[],
  statement: (copy: string, row: LiteralRow, n: number) => string,
  random: Random,
): Promise<WriteRecord> => {
  const side = (copy: string) => {
    const statements = rows.map((row, n) => statement(copy, row, n))[Symbol.iterator]()
    return async () => {
      const sql = statements.next().value ?? ''
      const started = performance.now()
      await session.run(sql)
      return performance.now() - started
    }
  }
  return toRecord(
    await timePairs({ withIndexes: side('`after`'), withoutIndexes: side('`before`') }, rows.length, random),
  )
}

const insertStatement = (copy: string, row: LiteralRow): string =>
  `INSERT INTO ${copy} (${Object.keys(row).map(quoteName).join(', ')}) VALUES (${Object.values(row).join(', ')})`

const isIn = (column: string, index: Table['indexes'][number]) =>
  index.parts.some((part) => 'column' in part && part.column.toLowerCase() === column.toLowerCase())

/** The columns that may be changed, those that cost most first: which stand in most of the new indexes and constraints. */
const costlyColumns = ({ before, after }: BothSides): string[] => {
  const isNew = ({ name }: { name: string }, of: readonly { name: string }[]) =>
    !of.some((old) => old.name === name)
  const indexes = after.indexes.filter((index) => isNew(index, before.indexes))
  const constraints = after.constraints.filter((item) => isNew(item, before.constraints))
  const weight = (column: string) =>
    indexes.filter((index) => isIn(column, index)).length +
    constraints.filter(({ clause }) => columnsIn(clause).includes(column)).length / 10
  const isFree = (column: string) =>
    !after.primaryKey.includes(column) &&
    !after.indexes.some((index) => index.unique && isIn(column, index)) &&
    weight(column) > 0
  return writableColumns(after)
    .map(({ name }) => name)
    .filter(isFree)
    .toSorted((a, b) => weight(b) - weight(a))
}

const updates = async (
  session: WriteSession,
  sides: BothSides,
  rows: readonly LiteralRow[],
  random: Random,
): Promise<WriteRecord | undefined> => {
  const key = sides.after.primaryKey
  if (key.length === 0) return undefined
  for (const column of costlyColumns(sides)) {
    // A value of another row, so that it is one that the table can hold and that the indexes must follow.
    const other = (n: number) =>
      [...rows.slice(n), ...rows].find((row) => row[column] !== rows[n]?.[column])?.[column]
    if (other(0) === undefined) continue
    const update = (copy: string, row: LiteralRow, n: number) =>
      `UPDATE ${copy} SET ${quoteName(column)} = ${other(n)} WHERE ${key.map((name) => `${quoteName(name)} = ${row[name]}`).join(' AND ')}`
    try {
      return await timeStatements(session, rows, update, random)
    } catch (error) {
      if (serverErrorNumber(error) !== constraintViolated) throw error
    }
  }
  return undefined
}

/**
 * Times writes of single rows, each in a transaction of its own, on two copies of a table: as it was before the
 * migration, and as it is after. Interleaved in pairs, so that a noisy machine hits both.
 *
 * The copies are committed to and thrown away: a transaction that is rolled back never writes its index entries to
 * the store, and would show next to nothing of their cost. Undefined when the table has too few rows.
 */
export const measureWrites = async (
  { session, create }: ScratchDatabase,
  reader: ReadSession,
  sides: BothSides,
  database: string,
  random: Random,
): Promise<WritesRecord | undefined> => {
  const { before, after } = sides
  const all = await readLiterals(reader, after, 0, stockRows + mostPairs)
  const count = Math.min(mostPairs, Math.floor(all.length / 2))
  if (count < leastPairs) return undefined
  await session.run('DROP TABLE IF EXISTS `before`, `after`')
  await create(before, 'before')
  await create(after, 'after')
  const columns = writableColumns(after)
    .map(({ name }) => quoteName(name))
    .join(', ')
  for (const copy of ['`before`', '`after`']) {
    await session.run(
      `INSERT INTO ${copy} (${columns}) SELECT ${columns} FROM ${quoteName(database)}.${quoteName(after.name)}${inKeyOrder(after)} LIMIT ${all.length - count}`,
    )
  }
  const fresh = all.slice(-count)
  const inserted = await timeStatements(session, fresh, insertStatement, random)
  const updated = await updates(session, sides, fresh, random)
  return { table: after.name, insert: inserted, ...(updated === undefined ? {} : { update: updated }) }
}

const exceeds = ({ ratio }: WriteRecord, percent: number) => ratio.low > 1 + percent / 100

/** Throws WRITES_TOO_SLOW when a write takes longer than before by more than this many percent, noise left out. */
export const assertWritesKeepUp = (
  { table, insert: inserted, update }: WritesRecord,
  percent: number,
): void => {
  const slow = [
    ...(exceeds(inserted, percent) ? [{ kind: 'An insert', ...inserted }] : []),
    ...(update !== undefined && exceeds(update, percent) ? [{ kind: 'An update', ...update }] : []),
  ]
  if (slow.length === 0) return
  const lines = slow.map(
    ({ kind, ratio, beforePerSecond, afterPerSecond }) =>
      `${kind} takes ${ratio.estimate.toFixed(2)} times as long as before (${ratio.low.toFixed(2)} to ${ratio.high.toFixed(2)}): ${afterPerSecond} rows/s, it was ${beforePerSecond}`,
  )
  throw new HarnessError('WRITES_TOO_SLOW', {
    what: `${table}: ${lines.join('; ')}.`,
    why: `It may take ${percent} % longer. Every index is written with each row, every constraint is tested.`,
    next: 'Leave out an index that another one covers (12-metrics lists them), or raise BENCHMARK_WRITE_PERCENT.',
    fields: { table },
  })
}
