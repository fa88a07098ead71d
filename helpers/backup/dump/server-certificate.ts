import { once } from 'node:events'
import { isIP, connect as openSocket } from 'node:net'
import { connect as openTls, rootCertificates } from 'node:tls'
import { HarnessError, messageOf } from '../../core/errors/harness-error.ts'
import type { ServerAddress } from '../../core/server/session.ts'

const [protocol41, tlsWanted, secureConnection] = [0x200, 0x800, 0x8000]
const utf8mb4 = 45

/** The packet with which a client of MySQL asks for TLS, before it says who it is. */
const tlsRequest = (): Buffer => {
  const packet = Buffer.alloc(36)
  packet.writeUIntLE(32, 0, 3)
  packet.writeUInt8(1, 3)
  packet.writeUInt32LE(protocol41 | tlsWanted | secureConnection, 4)
  packet.writeUInt8(utf8mb4, 12)
  return packet
}

/** What vouches for a server: the file that TLS_CA names, or the public authorities, as text of a PEM file. */
export const authoritiesOf = ({ tls }: ServerAddress): string => tls?.ca ?? rootCertificates.join('\n')

/**
 * Fetches the server's certificate (PEM) over a connection whose authority and host name were verified. dumpling
 * verifies the authority but never the name, so it is given this very certificate as the only one to trust.
 * Throws TARGET_UNREACHABLE.
 */
export const readServerCertificate = async (address: ServerAddress): Promise<string> => {
  const { host, port } = address
  const socket = openSocket({ host, port })
  try {
    const signal = AbortSignal.timeout(10_000)
    // The server speaks first; its greeting is small enough to come in one piece.
    await once(socket, 'data', { signal })
    socket.write(tlsRequest())
    const secure = openTls({
      socket,
      host,
      servername: isIP(host) === 0 ? host : '',
      ca: authoritiesOf(address),
      minVersion: 'TLSv1.2',
      rejectUnauthorized: true,
    })
    await once(secure, 'secureConnect', { signal })
    const base64 = secure.getPeerCertificate().raw.toString('base64')
    return `-----BEGIN CERTIFICATE-----\n${base64.replaceAll(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`
  } catch (cause) {
    throw new HarnessError('TARGET_UNREACHABLE', {
      what: `${host}:${port} shows no certificate that can be trusted: ${messageOf(cause)}`,
      next: 'Check TLS_CA, and that the certificate is for the host in DATABASE_URL.',
      cause,
    })
  } finally {
    socket.destroy()
  }
}
