import { z } from 'zod'
import { whyOf } from '../../core/errors/advice.ts'
import { HarnessError, messageOf } from '../../core/errors/harness-error.ts'
import { serverErrorNumber } from '../../core/errors/server-error.ts'
import { describeWarning, type ReadSession, type WriteSession } from '../../core/server/session.ts'
import { type Migration, type ScriptName, scriptOf } from '../folder/migration.ts'
import { describeIndex } from './difference.ts'
import { splitScript } from './split-script.ts'
import { takenNames } from './taken-names.ts'

/** The server's error for a row that breaks a CHECK constraint. */
export const checkViolated = 3819
const inDoubleParentheses =
  'If no row breaks it, write it in double parentheses, CHECK ((…)): without them TiDB tests the stored rows wrongly (#71050).'

/** SCRIPT_REFUSED for a migration, with one line for each thing that is wrong. */
export const scriptRefused = (
  migration: Migration,
  what: string,
  lines: readonly string[],
  next: string,
): HarnessError =>
  new HarnessError('SCRIPT_REFUSED', {
    what: `${what} of ${migration.place}:\n    ${lines.join('\n    ')}`,
    next,
    fields: { changes: lines },
  })

const comments = String.raw`(?:\s+|--[^\n]*(?:\n|$)|#[^\n]*(?:\n|$)|/\*(?![!T+])[\s\S]*?\*/)*`
// Statements of one of these kinds that are done change the schema; ANALYZE, SET and the like may talk without end.
const changesSchema = new RegExp(
  `^${comments}(?:ALTER\\s+TABLE|CREATE\\s+(?:\\w+\\s+)?INDEX|DROP\\s+INDEX)\\b`,
  'i',
)
const mayWarn = new RegExp(
  `^${comments}(?:ANALYZE|SELECT|SET|USE|SHOW|DO|INSERT|UPDATE|DELETE|REPLACE)\\b`,
  'i',
)

/** The server took another algorithm than ALGORITHM=… asks for, and did all the rest. */
const algorithmNotSupported = 1846

const schemaVersion = async (session: ReadSession): Promise<number> => {
  const { SCHEMA_VER } = await session.row(z.object({ SCHEMA_VER: z.coerce.number() }), 'ADMIN SHOW DDL')
  return SCHEMA_VER
}

const withoutComments = (sql: string): string => sql.replace(new RegExp(`^${comments}`), '').trim()

const runStatement = async (
  session: WriteSession,
  migration: Migration,
  script: ScriptName,
  sql: string,
): Promise<void> => {
  const before = await schemaVersion(session)
  const { warnings } = await session.run(sql)
  const unexpected = mayWarn.test(sql) ? [] : warnings.filter(({ code }) => code !== algorithmNotSupported)
  const isIdle = changesSchema.test(sql) && (await schemaVersion(session)) === before
  if (unexpected.length === 0 && !isIdle) return
  const taken = isIdle ? await takenNames(session, sql, unexpected) : []
  if (taken.length > 0 && taken.every(({ isSame }) => isSame)) return
  throw scriptRefused(
    migration,
    `The server answered OK and did not do all that a statement says, in ${script}.sql`,
    [
      withoutComments(sql),
      ...unexpected.map(describeWarning),
      ...(unexpected.length === 0 ? ['no warning, and the schema is as it was'] : []),
      ...taken.flatMap(({ wanted, found }) => [
        `wanted  ${describeIndex(wanted)}`,
        `found   ${describeIndex(found)}`,
      ]),
    ],
    'Take the statement out, or write one that TiDB carries out; an index whose name is taken needs another name.',
  )
}

/**
 * Runs one of the migration's scripts, statement by statement, on a connection of its own, as by hand: what a script sets for
 * its session ends with it. Throws SCRIPT_FAILED with the server's error; and SCRIPT_REFUSED, with what the server said, for
 * a statement that it answered with success and did not carry out. A rollback is held against the schema that it leaves,
 * so what it says does not count.
 */
export const runScript = async (
  connect: () => Promise<WriteSession>,
  migration: Migration,
  script: ScriptName,
): Promise<void> => {
  const text = scriptOf(migration, script)
  if (text.trim() === '') return
  await using session = await connect()
  await using splitter = await connect()
  try {
    for (const sql of await splitScript(splitter, text)) {
      if (withoutComments(sql) === '') continue
      await (script === 'rollback' ? session.run(sql) : runStatement(session, migration, script, sql))
    }
  } catch (cause) {
    if (cause instanceof HarnessError) throw cause
    throw new HarnessError('SCRIPT_FAILED', {
      what: `${migration.place}/${script}.sql stops: ${messageOf(cause)}`,
      ...whyOf(cause),
      next:
        serverErrorNumber(cause) === checkViolated
          ? inDoubleParentheses
          : 'Correct the script. It is sent to the server as it is, so DELIMITER and other client commands do not work.',
      cause,
    })
  }
}
