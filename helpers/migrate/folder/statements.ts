import type { Constraint, Index } from '../../core/schema/model.ts'
import { quoteName } from '../../core/text/quote.ts'

const alter = (table: string, action: string): string => `ALTER TABLE ${quoteName(table)} ${action}`

/**
 * Adds one index. Always one per ALTER TABLE, which is safe on every version: several in one can damage
 * an index before 7.5.7 (#61255). No IF NOT EXISTS: it would accept another index of the same name.
 */
export const indexStatement = (index: Index): string => alter(index.table, `ADD ${index.definition}`)

/** Adds one constraint, in double parentheses: without them TiDB tests the stored rows wrongly (#71050). */
export const constraintStatement = ({ table, name, clause, enforced }: Constraint): string =>
  alter(table, `ADD CONSTRAINT ${quoteName(name)} CHECK ((${clause}))${enforced ? '' : ' NOT ENFORCED'}`)

export const dropIndexStatement = ({ table, name }: Index): string =>
  alter(table, `DROP INDEX ${quoteName(name)}`)

/** Drops one constraint. Does nothing but warn while the CHECK switch is OFF (#64891). */
export const dropConstraintStatement = ({ table, name }: Constraint): string =>
  alter(table, `DROP CONSTRAINT ${quoteName(name)}`)

/** Refreshes the statistics of tables: an index without them can make query plans worse (#57948). */
export const analyzeStatement = (...tables: string[]): string =>
  `ANALYZE TABLE ${tables.map(quoteName).join(', ')}`

/** Turns the CHECK switch on or off. It is global: SET SESSION is error 1229. */
export const switchStatement = (on: boolean): string =>
  `SET GLOBAL tidb_enable_check_constraint = ${on ? 'ON' : 'OFF'}`
