import { HarnessError, messageOf } from './harness-error.ts'

interface Explanation {
  readonly what: string
  readonly next: string
}

const codeOf = (thrown: unknown): string =>
  thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : ''

const explanations: Readonly<Record<string, Explanation>> = {
  ECONNREFUSED: {
    what: 'nothing listens there',
    next: 'Check host and port in DATABASE_URL, and that the server is up.',
  },
  ENOTFOUND: { what: 'the host name is unknown', next: 'Check the host in DATABASE_URL.' },
  EAI_AGAIN: {
    what: 'the host name cannot be looked up now',
    next: 'Check the host in DATABASE_URL and the network.',
  },
  ETIMEDOUT: { what: 'no answer within 10 s', next: 'Check host, port, firewall and allow list.' },
  ECONNRESET: {
    what: 'the connection was cut',
    next: 'Check that this is a MySQL port, and whether the server wants TLS.',
  },
  ER_ACCESS_DENIED_ERROR: {
    what: 'the user name or the password is wrong',
    next: 'Check user and password in DATABASE_URL; percent-encode odd characters.',
  },
  ER_DBACCESS_DENIED_ERROR: {
    what: 'the account may not use this database',
    next: 'Check the database in DATABASE_URL and the grants of the account.',
  },
  ER_BAD_DB_ERROR: {
    what: 'the database does not exist',
    next: 'Check the database in DATABASE_URL; SHOW DATABASES lists what there is.',
  },
  HANDSHAKE_NO_SSL_SUPPORT: {
    what: 'the server offers no TLS',
    next: 'Turn TLS on at the server. The password is not sent without it.',
  },
}

/** Turns a failed connection into TARGET_UNREACHABLE with the cause in words. Never shows the password. */
export const unreachable = (
  place: { host: string; port: number; user: string; database?: string },
  cause: unknown,
): HarnessError => {
  const code = codeOf(cause)
  const found = explanations[code] ?? { what: messageOf(cause), next: 'Check DATABASE_URL.' }
  return new HarnessError('TARGET_UNREACHABLE', {
    what: `${place.user}@${place.host}:${place.port}/${place.database ?? ''}: ${found.what}.`,
    why: `${code === '' ? 'the driver' : code}: ${messageOf(cause) || 'no further word'}`,
    next: found.next,
    cause,
    fields: { code },
  })
}
