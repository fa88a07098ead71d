import { quoteName, quoteText } from '../../text/quote.ts'
import type { ErrorEntry, Names, Remedy } from './entry.ts'
import { newestJobs, runAgain } from './running.ts'

const accountOf = ({ user, host }: Names) => `${quoteText(user)}@${quoteText(host)}`
const knock = ({ server, port }: Names): Remedy => ({
  say: 'Check host and port in DATABASE_URL, and that the server is up',
  command: `nc -vz -w 10 ${server} ${port}`,
})
const greet = ({ server, port }: Names): Remedy => ({
  say: 'See whether a MySQL server with TLS answers there',
  command: `openssl s_client -starttls mysql -connect ${server}:${port}`,
})

/** What goes wrong before the first statement, and when a connection is lost. */
export const connectionErrors: readonly ErrorEntry[] = [
  {
    id: 'ECONNREFUSED',
    codes: ['ECONNREFUSED'],
    symptom: 'nothing listens there',
    cause: 'The host is up, but no server takes connections on this port. TiDB listens on 4000 unless told.',
    remedy: (names) => [knock(names)],
    produced: true,
  },
  {
    id: 'ENOTFOUND',
    codes: ['ENOTFOUND', 'EAI_AGAIN'],
    symptom: 'the host name is unknown, or cannot be looked up now',
    cause: 'The name in DATABASE_URL is misspelt, or is known only inside another network.',
    remedy: ({ server }) => [{ say: 'Check the host in DATABASE_URL', command: `getent hosts ${server}` }],
    produced: true,
  },
  {
    id: 'EHOSTUNREACH',
    codes: ['EHOSTUNREACH', 'ENETUNREACH'],
    symptom: 'no way leads to the host',
    cause: 'This machine has no route to it: a VPN that is down, or a private address.',
    remedy: (names) => [knock(names)],
    notProduced:
      'It takes a network without a route, and the routes of the machine are not the test’s to change.',
  },
  {
    id: 'ETIMEDOUT',
    codes: ['ETIMEDOUT'],
    symptom: 'no answer within 10 s',
    cause: 'A firewall or an allow list drops the packets, or what listens there is no MySQL server.',
    remedy: (names) => [
      knock(names),
      { say: 'Put the address of this machine on the server’s allow list, and check the firewall' },
    ],
    produced: true,
  },
  {
    id: 'ECONNRESET',
    codes: ['ECONNRESET', 'EPIPE'],
    symptom: 'the connection was cut',
    cause:
      'The server or a proxy broke it off: it is no MySQL port, it wants TLS, or it fell over. A DDL that was running goes on.',
    remedy: (names) => [greet(names), newestJobs, runAgain],
    produced: true,
  },
  {
    id: 'PROTOCOL_CONNECTION_LOST',
    codes: ['PROTOCOL_CONNECTION_LOST'],
    symptom: 'the connection is gone: the server, a proxy or a KILL closed it',
    cause:
      'The server stopped, a proxy closed an idle connection (TiDB Cloud does after about 30 minutes), or somebody sent KILL. A DDL goes on when its client is gone, and is cancelled by a KILL (8214). Never send it again before its job has ended.',
    remedy: () => [newestJobs, runAgain],
    guide: { sections: ['Issue 6'] },
    produced: true,
  },
  {
    id: 'CONNECTION_CLOSED',
    codes: ['CONNECTION_CLOSED'],
    symptom: 'the connection was closed before this statement could be sent',
    cause:
      'It was lost while nothing ran on it: too long idle, the server stopped, or somebody sent KILL. This statement was not sent.',
    remedy: () => [newestJobs, runAgain],
    guide: { sections: ['Issue 6'] },
    produced: true,
  },
  {
    id: '1040',
    codes: [1040],
    symptom: 'Too many connections',
    cause: 'The server takes no more connections than max_connections.',
    remedy: () => [
      {
        say: 'See who holds them',
        sql: 'SELECT USER, HOST, COUNT(*) FROM information_schema.processlist GROUP BY USER, HOST;',
      },
      { say: 'See the limit; 0 is none', sql: "SHOW VARIABLES LIKE 'max_connections';" },
      { say: 'Let the suite open fewer', command: 'TARGET=prod CONNECTIONS=1 npx vitest run' },
    ],
    produced: true,
  },
  {
    id: '1044',
    codes: [1044],
    says: /user '(?<user>[^']*)'@'(?<host>[^']*)' to database '(?<database>.+)'/,
    symptom: 'the account may not use this database',
    cause: 'It has no privilege on it. TiDB says the same of a database that does not exist.',
    remedy: (names) => [
      { say: 'Check the database in DATABASE_URL, and what the account may do', sql: 'SHOW GRANTS;' },
      {
        say: 'Let an administrator grant what it needs (sql/grants.sql has it all); to read, that is',
        sql: `GRANT SELECT, SHOW VIEW ON ${quoteName(names.database)}.* TO ${accountOf(names)};`,
      },
    ],
    produced: true,
  },
  {
    id: '1045',
    codes: [1045],
    says: /Access denied for user '(?<user>[^']*)'/,
    symptom: 'the user name or the password is wrong, or the account must use TLS',
    cause:
      'The server says no more than this, on purpose. On TiDB Cloud the user name carries the prefix of the cluster.',
    remedy: (names) => [
      { say: 'Check user and password in DATABASE_URL; percent-encode odd characters' },
      {
        say: 'Let an administrator see from which hosts the account may come, and whether it must use TLS',
        sql: `SELECT User, Host FROM mysql.user WHERE User = ${quoteText(names.user)};`,
      },
      { say: 'The same for one of the hosts', sql: `SHOW CREATE USER ${accountOf(names)};` },
    ],
    produced: true,
  },
  {
    id: '3118',
    codes: [3118],
    says: /user '(?<user>[^']*)'/,
    symptom: 'the account is locked',
    cause: 'An administrator locked it, or too many wrong passwords did.',
    remedy: (names) => [
      { say: 'Let an administrator unlock it', sql: `ALTER USER ${accountOf(names)} ACCOUNT UNLOCK;` },
    ],
    produced: true,
  },
  {
    id: '1049',
    codes: [1049],
    says: /Unknown database '(?<database>.+)'/,
    symptom: 'the database does not exist',
    cause: 'The name at the end of DATABASE_URL is misspelt, or this is another server.',
    remedy: () => [
      { say: 'Check the database in DATABASE_URL against what there is', sql: 'SHOW DATABASES;' },
    ],
    produced: true,
  },
]
