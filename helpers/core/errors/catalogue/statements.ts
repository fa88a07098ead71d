import { quoteName, quoteText } from '../../text/quote.ts'
import { addCheck } from './constraints.ts'
import type { ErrorEntry } from './entry.ts'

const parse = (statement: string) => `PREPARE fixed FROM ${quoteText(statement)};`

/** Statements that the server does not read, does not have, or does not run in this form. */
export const statementErrors: readonly ErrorEntry[] = [
  {
    id: '1064',
    codes: [1064],
    symptom: 'You have an error in your SQL syntax … near "…"',
    cause: 'The server stopped reading at the words after "near". Nothing of the statement was run.',
    remedy: ({ statement }) => [
      {
        say: 'Fix it there, and ask the server whether it parses; PREPARE runs nothing',
        sql: parse(statement),
      },
    ],
    produced: true,
  },
  {
    id: '1229',
    codes: [1229],
    says: /Variable '(?<name>\w+)' is a GLOBAL variable/,
    symptom: "Variable 'NAME' is a GLOBAL variable and should be set with SET GLOBAL",
    cause: 'The variable holds for the whole cluster. It cannot be set for one connection.',
    remedy: ({ name, value }) => [
      { say: 'See what it is now', sql: `SELECT @@GLOBAL.${name};` },
      { say: 'Set it for all, if all may have it', sql: `SET GLOBAL ${name} = ${value};` },
    ],
    produced: true,
  },
  {
    id: '1235',
    codes: [1235],
    says: /has only noop implementation/,
    symptom: 'function READ ONLY has only noop implementation in tidb now',
    cause:
      'TiDB reads the words and would do nothing, so it refuses. tidb_enable_noop_functions makes it accept them and still do nothing.',
    remedy: ({ database, user, host }) => [
      { say: 'Leave READ ONLY out', sql: 'START TRANSACTION;' },
      {
        say: 'To be sure that nothing is written, connect with an account that can only read',
        sql: `GRANT SELECT, SHOW VIEW ON ${quoteName(database)}.* TO ${quoteText(user)}@${quoteText(host)};`,
      },
    ],
    produced: true,
  },
  {
    id: '1305.savepoint',
    codes: [1305],
    says: /SAVEPOINT (?<name>\S+) does not exist/,
    symptom: 'SAVEPOINT sp does not exist',
    cause:
      'The transaction has no such savepoint. mysqldump --single-transaction of MariaDB runs into it after the first table, and leaves a file that looks like a backup.',
    remedy: ({ database, server, port, user }) => [
      {
        say: 'Make the backup with Dumpling, at one instant and with the views',
        command: `dumpling -h ${server} -P ${port} -u ${user} --filetype sql --consistency snapshot --no-views=false -B ${database} -o backup`,
      },
      {
        say: 'Or with mysqldump while nothing writes, because it is then not of one instant',
        command: `mysqldump -h ${server} -P ${port} -u ${user} -p --skip-lock-tables ${database} > backup.sql`,
      },
    ],
    guide: {
      sections: ['Backup Database'],
      wrong: 'Its mysqldump --single-transaction stops after one table with the client that Debian installs.',
    },
    produced: true,
  },
  {
    id: '1305.function',
    codes: [1305],
    says: /FUNCTION (?<name>\S+) does not exist/,
    symptom: 'FUNCTION NAME does not exist',
    cause: 'TiDB has no such function; it has none that users write.',
    remedy: () => [
      { say: 'List the functions that it has, and write the query with these', sql: 'SHOW BUILTINS;' },
    ],
    produced: true,
  },
  {
    id: '8108',
    codes: [8108],
    says: /Unsupported type \*ast\.\w+/,
    symptom: 'Unsupported type *ast.…Stmt',
    cause:
      'The statement parses, but TiDB has nothing that runs it: CALL, HELP, CREATE STATISTICS, CREATE PROCEDURE.',
    remedy: ({ statement }) => [
      {
        say: 'Leave it out. Ask the server beforehand whether it can run a statement; PREPARE runs nothing',
        sql: parse(statement),
      },
    ],
    guide: {
      sections: ['Common Error Codes'],
      wrong:
        'An ALTER that TiDB cannot do is 8200. 8108 is for whole kinds of statements, and V3 has none of them.',
    },
    produced: true,
  },
  {
    id: '8200.check',
    codes: [8200],
    says: /multi schema change for add check constraint/i,
    symptom: 'Unsupported multi schema change for add check constraint',
    cause:
      'An ALTER TABLE that adds a CHECK constraint may do nothing else beside it. Nothing of it was run.',
    remedy: (names) => [{ say: 'Send one ALTER for each constraint', sql: addCheck(names) }],
    guide: {
      sections: ['Issue 7'],
      wrong: 'It blames a version before 7.5 and says to update. 7.5.0 itself gives this error.',
    },
    produced: true,
  },
  {
    id: '8200',
    codes: [8200],
    symptom: 'Unsupported …',
    cause:
      'TiDB cannot change a table in this way, such as to drop a clustered primary key. Nothing of it was run.',
    remedy: ({ table }) => [
      { say: 'See what the table has', sql: `SHOW CREATE TABLE ${quoteName(table)};` },
      {
        say: 'Make the change on a new table and copy the rows, or leave it out',
        sql: `CREATE TABLE ${quoteName(`${table}_new`)} LIKE ${quoteName(table)};`,
      },
    ],
    guide: {
      sections: ['Issue 7'],
      wrong:
        'It blames a version before 7.5 and says to update. 7.5.0 itself gives it; its code is 8200, which the guide does not list.',
    },
    produced: true,
  },
]
