import { HarnessError } from '../errors/harness-error.ts'

// A quoted text, a comment, or a comment that the server executes (/*! … */, /*T! … */, /*M! … */).
const quotedOrComment =
  /'(?:[^'\\]|\\[\s\S]|'')*'|"(?:[^"\\]|\\[\s\S]|"")*"|`(?:[^`]|``)*`|\/\*[\s\S]*?\*\/|--(?=\s|$)[^\n]*|#[^\n]*/g
const executed = /^\/\*[TM]?!/i

const severalStatements = /;\s*\S/
// EXPLAIN runs nothing, whatever it explains; EXPLAIN ANALYZE runs it.
const explains = /^(?:EXPLAIN|DESCRIBE|DESC)\b(?!\s+ANALYZE\b)(?![\s\S]*\bINTO\s+INTO\b)/i
const readers = /^\(*\s*(?:SELECT|WITH|SHOW|ADMIN\s+(?:SHOW|CHECK))\b/i
const writers =
  /\b(?:INSERT|REPLACE)\b(?!\s*\()|\b(?:UPDATE|DELETE|CALL|LOAD)\b|\bINTO\b|\bFOR\s+(?:UPDATE|SHARE)\b|\bLOCK\s+IN\b/i

// EXPLAIN runs an uncorrelated subquery, so these are refused in it too.
const sideEffects =
  /\b(?:NEXTVAL|SETVAL|SLEEP|BENCHMARK|(?:GET|RELEASE|RELEASE_ALL)_LOCKS?)\b\s*\(|\bNEXT\s+VALUE\s+FOR\b/i

// A name in backticks is blanked like a text, and the server calls the function all the same.
const quotedSideEffects = /`(?:nextval|setval|sleep|benchmark|get_lock|release_lock|release_all_locks)`\s*\(/i

/** Whether a bare statement calls what a ROLLBACK does not undo: sequences and locks; or what only wastes time. */
export const hasSideEffect = (statement: string): boolean => sideEffects.test(statement)

/** The statement with its texts blanked and its comments gone; executed comments stay as a word that no reader allows. */
export const bare = (sql: string): string =>
  sql
    .replace(quotedOrComment, (found) => {
      if (!/^(?:\/\*|--|#)/.test(found)) return "''"
      return executed.test(found) ? ' INTO INTO ' : ' '
    })
    .trim()

/**
 * Throws WRITE_REFUSED unless the statement is a single one that only reads.
 *
 * TiDB refuses READ ONLY transactions as a no-op (1235), so this guard is the only one on the connection.
 * It prefers to refuse: a word such as UPDATE outside quotes is taken for a write wherever it stands.
 */
export const assertReadOnly = (sql: string): void => {
  const statement = bare(sql)
  const reads = explains.test(statement) || (readers.test(statement) && !writers.test(statement))
  if (
    reads &&
    !severalStatements.test(statement) &&
    !hasSideEffect(statement) &&
    !quotedSideEffects.test(sql)
  )
    return
  throw new HarnessError('WRITE_REFUSED', {
    what: `A reading connection was asked to run: ${sql.trim().slice(0, 120)}`,
    why: 'Only SELECT, SHOW, EXPLAIN without ANALYZE, ADMIN SHOW and ADMIN CHECK may pass here.',
    next: 'Take the statement out of the migration folder, or run it by hand where it may write.',
    fields: { sql },
  })
}
