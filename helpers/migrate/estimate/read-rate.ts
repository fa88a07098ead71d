import { z } from 'zod'
import type { ReadSession } from '../../core/server/session.ts'
import { median } from '../../core/text/numbers.ts'
import { quoteName } from '../../core/text/quote.ts'
import type { TableFacts } from './table-facts.ts'

const sampleRows = 20_000
// Fewer are read so fast that the way to the server and back is all that shows.
const fewestRows = 5_000
const readTimes = 3

/**
 * ms to read a row of the largest of the tables, from up to 20,000 rows of it, without any index. Undefined when it has
 * less than 5,000: too few to tell. The way to the server and back is taken off.
 */
export const measureReadRow = async (
  session: ReadSession,
  facts: ReadonlyMap<string, TableFacts>,
): Promise<number | undefined> => {
  const [largest] = [...facts].toSorted(([, a], [, b]) => b.rows - a.rows)
  if (largest === undefined || largest[1].rows < fewestRows) return undefined
  const table = quoteName(largest[0])
  const { name } = await session.row(
    z.object({ name: z.string() }),
    `SELECT COLUMN_NAME AS name FROM information_schema.columns
      WHERE LOWER(TABLE_SCHEMA) = LOWER(DATABASE()) AND LOWER(TABLE_NAME) = LOWER(?)
      ORDER BY ORDINAL_POSITION DESC LIMIT 1`,
    [largest[0]],
  )
  const read = async (limit: number) => {
    const spent: number[] = []
    let rows = 0
    for (let time = 0; time < readTimes; time++) {
      const started = performance.now()
      const found = await session.row(
        z.object({ rows: z.number(), filled: z.number() }),
        // The last column is counted so that the rows are read and not only their keys.
        `SELECT COUNT(*) AS \`rows\`, COUNT(c) AS filled
           FROM (SELECT ${quoteName(name)} AS c FROM ${table} USE INDEX () LIMIT ${limit}) AS some_rows`,
      )
      spent.push(performance.now() - started)
      rows = found.rows
    }
    return { rows, ms: median(spent) }
  }
  const many = await read(sampleRows)
  if (many.rows < fewestRows) return undefined
  const one = await read(1)
  if (many.ms <= one.ms) return undefined
  return (many.ms - one.ms) / many.rows
}
