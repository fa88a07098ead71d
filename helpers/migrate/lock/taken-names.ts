import type { Index } from '../../core/schema/model.ts'
import { readSnapshot } from '../../core/schema/read-snapshot.ts'
import type { ReadSession, ServerWarning, WriteSession } from '../../core/server/session.ts'
import { sameName } from '../../core/text/names.ts'
import { quoteName } from '../../core/text/quote.ts'
import { dropIndexStatement } from '../folder/statements.ts'
import { sameIndex } from './difference.ts'

/** An index that IF NOT EXISTS did not make, and the one that has its name. */
export interface TakenName {
  readonly wanted: Index
  readonly found: Index
  readonly isSame: boolean
}

const duplicateKeyName = 1061
const aside = 'harness set aside'

const readIndexes = async (session: ReadSession): Promise<Index[]> =>
  (await readSnapshot(session)).tables.flatMap(({ indexes }) => indexes)

const rename = ({ table }: Index, from: string, to: string): string =>
  `ALTER TABLE ${quoteName(table)} RENAME INDEX ${quoteName(from)} TO ${quoteName(to)}`

/**
 * The indexes that a statement left out because their names are taken (note 1061). What it means by them the server shows:
 * it runs the statement again while the one that is there has another name. The schema is then what it was.
 */
export const takenNames = async (
  session: WriteSession,
  sql: string,
  warnings: readonly ServerWarning[],
): Promise<TakenName[]> => {
  const texts = warnings
    .filter(({ code }) => code === duplicateKeyName)
    .map(({ message }) => message.toLowerCase())
  const isNamed = ({ name }: Index) =>
    texts.some((text) => [name, `'${name}'`].some((end) => text.endsWith(end.toLowerCase())))
  const taken: TakenName[] = []
  for (const found of (await readIndexes(session)).filter(isNamed)) {
    await session.run(rename(found, found.name, aside))
    try {
      await session.run(sql)
      const wanted = (await readIndexes(session)).find(
        ({ table, name }) => table === found.table && sameName(name, found.name),
      )
      if (wanted === undefined) continue
      await session.run(dropIndexStatement(wanted))
      taken.push({ wanted, found, isSame: sameIndex(wanted)(found) })
    } finally {
      await session.run(rename(found, aside, found.name))
    }
  }
  return taken
}
