import { quoteName, quoteText } from '../../text/quote.ts'
import type { ErrorEntry } from './entry.ts'

const tablesQuery = (table: string) =>
  `SELECT TABLE_SCHEMA, TABLE_NAME FROM information_schema.tables WHERE LOWER(TABLE_NAME) = LOWER(${quoteText(table)});`

/** Errors over indexes, and over tables that are not there. */
export const indexErrors: readonly ErrorEntry[] = [
  {
    id: '1061',
    codes: [1061],
    says: /index already exist (?<name>.+)/,
    symptom: 'index already exist NAME',
    cause:
      'The table has an index of this name. TiDB compares names only: it may have other columns. With IF NOT EXISTS this is a note, and the statement counts as done.',
    remedy: ({ table, name }) => [
      {
        say: 'See which columns it has, in which order; if they are the ones you mean, it is done',
        sql: `SHOW INDEX FROM ${quoteName(table)} WHERE Key_name = ${quoteText(name)};`,
      },
      {
        say: 'If they are others, keep it under another name while yours is built: rename it, then send your statement again',
        sql: `ALTER TABLE ${quoteName(table)} RENAME INDEX ${quoteName(name)} TO ${quoteName(`${name}_old`)};`,
      },
      {
        say: 'When no query needs the old one any more, drop it',
        sql: `ALTER TABLE ${quoteName(table)} DROP INDEX ${quoteName(`${name}_old`)};`,
      },
    ],
    guide: {
      sections: ['Issue 1', 'Part A: Indexes', 'Common Error Codes'],
      wrong:
        'Its text is that of MySQL and never comes. Skipping keeps an index that may have other columns, as IF NOT EXISTS does; dropping first leaves every query without an index while the new one is built.',
    },
    produced: true,
  },
  {
    id: '1054',
    codes: [1054],
    says: /Unknown column '(?:(?<table>[^.']+)\.)?(?<column>[^.']+)'/,
    symptom: "Unknown column 'COLUMN' in '…'",
    cause: 'The table has no such column: the schema is not the one that the statement was written for.',
    remedy: ({ table }) => [
      {
        say: 'See what it has; correct the statement, or restore the column',
        sql: `SHOW COLUMNS FROM ${quoteName(table)};`,
      },
    ],
    produced: true,
  },
  {
    id: '1062',
    codes: [1062],
    says: /Duplicate entry '.*' for key '(?<table>[^.']+)\.(?<name>.+)'/,
    symptom: "Duplicate entry 'VALUE' for key 'TABLE.NAME'",
    cause: 'A UNIQUE index cannot be added, or a row cannot be written: the value is there already.',
    remedy: ({ table, column }) => [
      {
        say: 'Find the values that stand there more than once; fix these rows, then run again',
        sql: `SELECT ${quoteName(column)}, COUNT(*) FROM ${quoteName(table)} GROUP BY ${quoteName(column)} HAVING COUNT(*) > 1;`,
      },
    ],
    produced: true,
  },
  {
    id: '1091',
    codes: [1091],
    says: /index (?<name>.+) doesn't exist|Can't DROP '/,
    symptom: "index NAME doesn't exist",
    cause: 'What was to be dropped is not there: it was never added, or somebody dropped it before.',
    remedy: ({ table, name }) => [
      { say: 'See what the table has', sql: `SHOW CREATE TABLE ${quoteName(table)};` },
      {
        say: 'If the index is gone, nothing is left to do; a script goes on when it says',
        sql: `ALTER TABLE ${quoteName(table)} DROP INDEX IF EXISTS ${quoteName(name)};`,
      },
    ],
    guide: {
      sections: ['Rollback Procedure'],
      wrong:
        'Its list of DROP INDEX stops at the first index that is not there, and drops one that was there before V3 as well. MODE=rollback drops only what apply recorded as added.',
    },
    produced: true,
  },
  {
    id: '1146.slow-log',
    codes: [1146],
    says: /Table 'mysql\.slow_log' doesn't exist/,
    symptom: "Table 'mysql.slow_log' doesn't exist",
    cause: 'TiDB has no such table. Slow queries stand in information_schema.slow_query.',
    remedy: () => [
      {
        say: 'Read the slow queries',
        sql: 'SELECT Query_time, DB, Query FROM information_schema.slow_query ORDER BY Query_time DESC LIMIT 10;',
      },
      {
        say: 'Set from how many milliseconds on a query is slow',
        sql: 'SET GLOBAL tidb_slow_log_threshold = 500;',
      },
    ],
    guide: {
      sections: ['Slow Query Monitoring'],
      wrong: 'mysql.slow_log is a table of MySQL, and SET GLOBAL long_query_time changes nothing in TiDB.',
    },
    produced: true,
  },
  {
    id: '1146',
    codes: [1146],
    says: /Table '(?<database>[^.']+)\.(?<table>.+)' doesn't exist/,
    symptom: "Table 'DATABASE.TABLE' doesn't exist",
    cause: 'The connection uses another database, or the baseline is not there.',
    remedy: ({ table }) => [
      { say: 'See which database you are in', sql: 'SELECT DATABASE();' },
      {
        say: 'See which database has the table; put that one into DATABASE_URL. If none has it, restore the baseline first',
        sql: tablesQuery(table),
      },
    ],
    guide: { sections: ['Common Error Codes'] },
    produced: true,
  },
]
