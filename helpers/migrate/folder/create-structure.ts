import { HarnessError, messageOf } from '../../core/errors/harness-error.ts'
import type { Structure } from '../../core/schema/read-structure.ts'
import type { WriteSession } from '../../core/server/session.ts'
import { switchStatement } from './statements.ts'

const refused = (text: string, cause: unknown): HarnessError =>
  new HarnessError('STRUCTURE_REFUSED', {
    what: `The server that rehearses will not take this from the target: ${messageOf(cause)}\n    ${text.split('\n')[0]}`,
    why: 'A rehearsal on another schema than the target`s would say little about it.',
    next: 'Rehearse on the release of the target: TARGET=container TIDB_IMAGE=pingcap/tidb:v…; or leave BASELINE_FROM out.',
    cause,
  })

// A foreign key from before 6.6 is in the table and not kept; made anew it would be kept, and get an index of its own.
const isOfOldCluster = (table: string) => / \/\* FOREIGN KEY INVALID \*\/,?$/m.test(table)

const createTables = async (session: WriteSession, tables: readonly string[]): Promise<void> => {
  for (const table of tables) {
    await session.run(table).catch((cause: unknown) => {
      throw refused(table, cause)
    })
  }
}

const createViews = async (session: WriteSession, views: readonly string[]): Promise<void> => {
  let waiting = views
  while (waiting.length > 0) {
    const [again, causes]: [string[], unknown[]] = [[], []]
    for (const view of waiting) {
      await session.run(view).catch((cause: unknown) => {
        again.push(view)
        causes.push(cause)
      })
    }
    if (again.length === waiting.length) throw refused(again[0] ?? '', causes[0])
    waiting = again
  }
}

/**
 * Creates a structure that was read from another server in the session's database, which must be empty; then puts the CHECK
 * switch as it is there. Throws STRUCTURE_REFUSED with the server's error.
 */
export const createStructure = async (session: WriteSession, structure: Structure): Promise<void> => {
  // While it is OFF, the CHECK constraints of a CREATE TABLE are dropped without an error.
  await session.run(switchStatement(true))
  await session.setSession('foreign_key_checks', 0)
  const [ofOldClusters, others] = [
    structure.tables.filter(isOfOldCluster),
    structure.tables.filter((table) => !isOfOldCluster(table)),
  ]
  await createTables(session, others)
  if (ofOldClusters.length > 0) {
    await session.run('SET GLOBAL tidb_enable_foreign_key = OFF')
    await createTables(session, ofOldClusters)
    await session.run('SET GLOBAL tidb_enable_foreign_key = ON')
  }
  await createViews(session, structure.views)
  await session.setSession('foreign_key_checks', 1)
  await session.run(switchStatement(structure.switchOn))
}
