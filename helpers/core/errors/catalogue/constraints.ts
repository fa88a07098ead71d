import { quoteName, quoteText } from '../../text/quote.ts'
import type { ErrorEntry, Names } from './entry.ts'

export const addCheck = ({ table, name, clause }: Names) =>
  `ALTER TABLE ${quoteName(table)} ADD CONSTRAINT ${quoteName(name)} CHECK ((${clause}));`
const enforce = ({ table, name }: Names) =>
  `ALTER TABLE ${quoteName(table)} ALTER CONSTRAINT ${quoteName(name)} ENFORCED;`
const showTable = ({ table }: Names) => `SHOW CREATE TABLE ${quoteName(table)};`
export const listChecks = ({ database, name }: Names) =>
  `SELECT CONSTRAINT_NAME, CHECK_CLAUSE FROM information_schema.check_constraints WHERE LOWER(CONSTRAINT_SCHEMA) = LOWER(${quoteText(database)}) AND CONSTRAINT_NAME = ${quoteText(name)};`

/** Errors and the warning over CHECK constraints. */
export const constraintErrors: readonly ErrorEntry[] = [
  {
    id: '1105.switch',
    codes: [1105],
    says: /switch of check constraint is off/i,
    symptom: 'Warning 1105: the switch of check constraint is off',
    cause:
      'The global tidb_enable_check_constraint is OFF, which is its default. While it is, ADD, ALTER and DROP CONSTRAINT answer with success and change nothing.',
    remedy: (names) => [
      {
        say: 'Turn it ON; it holds for the whole cluster, and needs SYSTEM_VARIABLES_ADMIN',
        sql: 'SET GLOBAL tidb_enable_check_constraint = ON;',
      },
      { say: 'Send the statement again, and look whether the constraint is there', sql: showTable(names) },
      { say: 'If it turns OFF again, somebody else sets it: find out who before you go on' },
    ],
    guide: {
      sections: ['Part B: Constraints', 'Check Migration Success'],
      wrong:
        'It never mentions the switch. Run as it says, its script adds no constraint and reports success; its count of constraints reads a table that lists no CHECK, and so cannot tell.',
    },
    produced: true,
  },
  {
    id: '3819',
    codes: [3819],
    says: /Check constraint '(?<name>.+)' is violated/,
    symptom: "Check constraint 'NAME' is violated.",
    cause:
      'A row that is stored, or the one being written, breaks the constraint. ADD CHECK can also take good rows for bad: TiDB puts NOT before the clause without parentheses, so a top-level OR needs its own (#71050).',
    remedy: (names) => [
      {
        say: 'Find the rows, and fix them',
        sql: `SELECT * FROM ${quoteName(names.table)} WHERE (${names.clause}) IS FALSE LIMIT 10;`,
      },
      {
        say: 'Add it again; if no row was found, these two pairs of parentheses are the cure',
        sql: addCheck(names),
      },
      {
        say: 'If that answers 3822, the ADD that failed left it half-made (before 7.5.1, #47632): finish it, and never DROP it as it is, or every later DDL of the table waits for ever',
        sql: enforce(names),
      },
      {
        say: 'Or go on without it, which the verdict then says',
        command: `EXCEPT=${names.table}.${names.name} npx vitest run`,
      },
    ],
    guide: {
      sections: ['Issue 4'],
      wrong:
        'It knows only bad rows. Its ALTER has one pair of parentheses, and nothing is said of the constraint that 7.5.0 leaves half-made: unseen in SHOW CREATE TABLE, but enforced.',
    },
    produced: true,
  },
  {
    id: '3822',
    codes: [3822],
    says: /Duplicate check constraint name '(?<name>.+)'/,
    symptom: "Duplicate check constraint name 'NAME'.",
    cause:
      'The name is taken: the constraint is there already, or an ADD that failed left it half-made, unseen but enforced (before 7.5.1, #47632). Later lines take a name once per database.',
    remedy: (names) => [
      {
        say: 'Look whether it is there, with the clause you mean and without NOT ENFORCED; then it is done',
        sql: showTable(names),
      },
      {
        say: 'If it is not shown and no other run adds it now, fix the rows that break it and finish it; never DROP it as it is, or every later DDL of the table waits for ever',
        sql: enforce(names),
      },
    ],
    guide: {
      sections: ['Issue 3'],
      wrong:
        'That no row breaks the clause does not prove a constraint: it is so without one too, and with one that is NOT ENFORCED. A half-made one is not safe to skip. TiDB says "Duplicate check constraint name".',
    },
    produced: true,
  },
  {
    id: '3940',
    codes: [3940],
    says: /Constraint '(?<name>.+)' does not exist/,
    symptom: "Constraint 'NAME' does not exist.",
    cause:
      'The table has no such constraint: it was never added, which the switch does in silence (1105), or was dropped.',
    remedy: (names) => [
      { say: 'Look what the table has; if it is not there, nothing is left to drop', sql: showTable(names) },
    ],
    guide: { sections: ['Rollback Procedure'] },
    produced: true,
  },
  {
    id: '1064.if-not-exists',
    codes: [1064],
    says: /near "IF NOT EXISTS `?(?<name>[^\s`]+)`?(?: CHECK ?\((?<clause>.+)\))?/i,
    symptom: 'You have an error in your SQL syntax … near "IF NOT EXISTS NAME CHECK (…)"',
    cause: 'TiDB has no IF NOT EXISTS for a CHECK constraint. Nothing of the statement was run.',
    remedy: (names) => [
      { say: 'Ask whether it is there; if a row comes back, it is done', sql: listChecks(names) },
      { say: 'If none comes back, add it', sql: addCheck(names) },
    ],
    guide: {
      sections: ['Issue 2', 'Part B: Constraints'],
      wrong:
        'Its query looks into table_constraints, where TiDB lists no CHECK constraint: it never finds one, and so always says to add it, which then ends in 3822.',
    },
    produced: true,
  },
  {
    id: '1064.if-exists',
    codes: [1064],
    says: /near "IF EXISTS `?(?<name>[^\s`";]+)/i,
    symptom: 'You have an error in your SQL syntax … near "IF EXISTS NAME"',
    cause: 'TiDB has no IF EXISTS for a constraint. Nothing of the statement was run.',
    remedy: (names) => [
      {
        say: 'Ask whether it is there; if no row comes back, nothing is left to drop',
        sql: listChecks(names),
      },
      {
        say: 'If it is, drop it, with the switch ON (1105)',
        sql: `ALTER TABLE ${quoteName(names.table)} DROP CONSTRAINT ${quoteName(names.name)};`,
      },
    ],
    guide: {
      sections: ['Rollback Procedure'],
      wrong: 'DROP CONSTRAINT IF EXISTS does not parse, so its rollback drops no constraint at all.',
    },
    produced: true,
  },
]
