import type { ErrorEntry, Names, Remedy } from './entry.ts'

const look = ({ server, port }: Names): Remedy => ({
  say: 'See the certificate, and who signed it',
  command: `openssl s_client -starttls mysql -connect ${server}:${port} -servername ${server} -showcerts`,
})
const giveAuthority: Remedy = {
  say: 'Give the authority that signed it, from the one who runs the server',
  command: 'TARGET=prod TLS_CA=/path/to/authority.pem npx vitest run',
}

/** What goes wrong with TLS. The password is not sent in any of these. */
export const certificateErrors: readonly ErrorEntry[] = [
  {
    id: 'HANDSHAKE_NO_SSL_SUPPORT',
    codes: ['HANDSHAKE_NO_SSL_SUPPORT'],
    symptom: 'the server offers no TLS',
    cause: 'Connections to a server of yours use TLS unless told otherwise. The password was not sent.',
    remedy: () => [
      { say: 'Turn TLS on at the server: ssl-cert and ssl-key, or auto-tls, in its configuration' },
      {
        say: 'Only where nobody can listen in, go without',
        command: 'TARGET=prod ALLOW_PLAINTEXT=1 npx vitest run',
      },
    ],
    produced: true,
  },
  {
    id: '3159',
    codes: [3159],
    symptom: 'the server takes no connection without TLS',
    cause: 'require_secure_transport is ON there.',
    remedy: () => [
      {
        say: 'Take ALLOW_PLAINTEXT out of .env.prod and the environment',
        command: 'TARGET=prod npx vitest run',
      },
    ],
    produced: true,
  },
  {
    id: 'HANDSHAKE_SSL_ERROR.self-signed',
    codes: ['HANDSHAKE_SSL_ERROR'],
    says: /self-signed certificate/,
    symptom:
      'nobody that this machine trusts has signed the certificate: it is self-signed, or its authority is',
    cause: 'TLS_CA is not set, or holds another authority. It may also be another server than you think.',
    remedy: (names) => [look(names), giveAuthority],
    produced: true,
  },
  {
    id: 'HANDSHAKE_SSL_ERROR.unknown-authority',
    codes: ['HANDSHAKE_SSL_ERROR'],
    says: /unable to (?:verify the first|get (?:local )?issuer) certificate/,
    symptom: 'nobody that this machine trusts has signed the certificate',
    cause:
      'TLS_CA holds another authority, or the server leaves out the certificates between its own and the authority’s.',
    remedy: (names) => [look(names), giveAuthority],
    produced: true,
  },
  {
    id: 'HANDSHAKE_SSL_ERROR.expired',
    codes: ['HANDSHAKE_SSL_ERROR'],
    says: /certificate has expired|certificate is not yet valid/,
    symptom: 'the certificate has expired, or is not valid yet',
    cause: 'Its dates do not hold today; or the clock of this machine is wrong.',
    remedy: (names) => [
      look(names),
      {
        say: 'Put a new certificate on the server, then let it read the files again',
        sql: 'ALTER INSTANCE RELOAD TLS;',
      },
    ],
    produced: true,
  },
  {
    id: 'HANDSHAKE_SSL_ERROR.name',
    codes: ['HANDSHAKE_SSL_ERROR', 'ERR_TLS_CERT_ALTNAME_INVALID'],
    says: /does not match certificate's altnames/,
    symptom: 'the certificate is for another host name',
    cause:
      'DATABASE_URL names the server otherwise than its certificate does. It may also be another server than you think.',
    remedy: (names) => [
      look(names),
      {
        say: 'Put a name of the certificate into DATABASE_URL, or a certificate for this name on the server',
      },
    ],
    produced: true,
  },
]
