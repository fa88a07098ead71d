import { quoteName, quoteText } from '../../text/quote.ts'
import type { ErrorEntry, Names, Remedy } from './entry.ts'

const accountOf = ({ user, host }: Names) => `${quoteText(user)}@${quoteText(host)}`

const grant = (names: Names, privilege: string, on: string): Remedy => ({
  say: 'Let an administrator grant it',
  sql: `GRANT ${privilege} ON ${on} TO ${accountOf(names)};`,
})
const whatItMay: Remedy = { say: 'See what the account may do', sql: 'SHOW GRANTS;' }
const script: Remedy = {
  say: 'Or make the two accounts of sql/grants.sql, which have all they need; put in your passwords first',
  command: 'mysql -h SERVER -P 4000 -u root -p < sql/grants.sql',
}
const viewRights =
  'References invalid table(s) or column(s) or function(s) or definer/invoker of view lack rights to use them'

/** Errors over what the account may not do. */
export const privilegeErrors: readonly ErrorEntry[] = [
  {
    id: '1142.statistics',
    codes: [1142],
    says: /SHOW command denied to user '(?<user>[^']*)'@'(?<host>[^']*)' for table 'stats_/,
    symptom: "SHOW command denied to user … for table 'stats_meta'",
    cause: 'The statistics stand in the database mysql, which the account may not read.',
    remedy: (names) => [whatItMay, grant(names, 'SELECT', '`mysql`.*')],
    produced: true,
  },
  {
    id: '1142',
    codes: [1142],
    says: /(?<privilege>[A-Z][A-Z ]*?) command denied to user '(?<user>[^']*)'@'(?<host>[^']*)' for table '(?<table>[^']+)'/,
    symptom: "PRIVILEGE command denied to user 'USER'@'HOST' for table 'TABLE'",
    cause:
      'The account lacks this privilege on this table. TiDB names one at a time: another may be lacking too.',
    remedy: (names) => [
      whatItMay,
      grant(names, names.privilege, `${quoteName(names.database)}.${quoteName(names.table)}`),
      script,
    ],
    produced: true,
  },
  {
    id: '1227',
    codes: [1227],
    says: /at least one of\) the (?:SUPER or )?(?<privilege>[A-Z][A-Z_ ]*?) privilege/,
    symptom: 'Access denied; you need (at least one of) the … privilege(s) for this operation',
    cause:
      'The account lacks a privilege on the whole server. The switch for CHECK constraints needs SYSTEM_VARIABLES_ADMIN.',
    remedy: (names) => [whatItMay, grant(names, names.privilege, '*.*'), script],
    produced: true,
  },
  {
    id: '8121.super',
    codes: [8121],
    says: /privilege check for 'Super' fail/,
    symptom: "privilege check for 'Super' fail",
    cause: 'ADMIN SHOW DDL, ADMIN CHECK TABLE and ADMIN CANCEL need SUPER.',
    remedy: (names) => [
      {
        say: 'Read the DDL jobs without it',
        sql: 'SELECT JOB_ID, TABLE_NAME, STATE, ROW_COUNT, QUERY FROM information_schema.ddl_jobs ORDER BY JOB_ID DESC LIMIT 10;',
      },
      grant(names, 'SUPER', '*.*'),
      { say: 'Without it the checks of index-consistency are skipped, and the report says so' },
    ],
    produced: true,
  },
  {
    id: '8121',
    codes: [8121],
    says: /privilege check for '(?<privilege>[A-Za-z ]+)' fail/,
    symptom: "privilege check for 'PRIVILEGE' fail",
    cause: 'The account lacks this privilege on a table of the statement.',
    remedy: (names) => [whatItMay, grant(names, names.privilege, `${quoteName(names.database)}.*`), script],
    produced: true,
  },
  {
    id: '1356.metadata-locks',
    codes: [1356],
    says: /View 'mysql\.tidb_mdl_view'/,
    symptom: `View 'mysql.tidb_mdl_view' ${viewRights.toLowerCase()}`,
    cause: 'The account lacks PROCESS. The view is sound; it shows which transaction holds up a DDL.',
    remedy: (names) => [grant(names, 'PROCESS', '*.*')],
    produced: true,
  },
  {
    id: '1356',
    codes: [1356],
    says: /View '(?<database>[^.']+)\.(?<name>.+)' references/,
    symptom: `View 'DATABASE.NAME' ${viewRights.toLowerCase()}`,
    cause:
      'A table or column that the view reads is gone, or the account that defined the view may not read it. The server does not say which.',
    remedy: ({ database, name }) => [
      {
        say: 'See its text and its DEFINER; run its SELECT by hand, and the server says what it lacks',
        sql: `SHOW CREATE VIEW ${quoteName(database)}.${quoteName(name)};`,
      },
      {
        say: 'See what the tables have now; restore the column, or CREATE OR REPLACE the view',
        sql: `SELECT TABLE_NAME, COLUMN_NAME FROM information_schema.columns WHERE LOWER(TABLE_SCHEMA) = LOWER(${quoteText(database)});`,
      },
    ],
    produced: true,
  },
]
