import { certificateErrors } from './certificates.ts'
import { connectionErrors } from './connections.ts'
import { constraintErrors } from './constraints.ts'
import type { ErrorEntry } from './entry.ts'
import { indexErrors } from './indexes.ts'
import { privilegeErrors } from './privileges.ts'
import { rowErrors } from './rows.ts'
import { runningErrors } from './running.ts'
import { statementErrors } from './statements.ts'

/** The parts of the catalogue, in the order of docs/errors.md. */
export const catalogueParts: readonly { readonly title: string; readonly entries: readonly ErrorEntry[] }[] =
  [
    { title: 'CHECK constraints', entries: constraintErrors },
    { title: 'Indexes and tables', entries: indexErrors },
    { title: 'Statements', entries: statementErrors },
    { title: 'Rows and foreign keys', entries: rowErrors },
    { title: 'While a statement runs', entries: runningErrors },
    { title: 'Privileges', entries: privilegeErrors },
    { title: 'Connections', entries: connectionErrors },
    { title: 'TLS', entries: certificateErrors },
  ]

export const catalogue: readonly ErrorEntry[] = catalogueParts.flatMap(({ entries }) => entries)

/** The entry for a code and what came with it: one whose text fits before one that takes every text. */
export const findEntry = (code: number | string, message: string): ErrorEntry | undefined => {
  const own = catalogue.filter(({ codes }) => codes.includes(code))
  return own.find(({ says }) => says?.test(message)) ?? own.find(({ says }) => says === undefined)
}
