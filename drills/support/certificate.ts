import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { generate } from 'selfsigned'

/** Files of a certificate and its key. */
export interface CertificateFiles {
  readonly cert: string
  readonly key: string
}

interface CertificateOptions {
  readonly notAfter?: Date
  /** Texts of the authority that signs it; it signs itself when left out, and is its own authority. */
  readonly authority?: { readonly cert: string; readonly key: string }
  /** What the files are called; the host when left out. */
  readonly name?: string
}

/** Makes a certificate for a host name in a folder. */
export const makeCertificate = async (
  folder: string,
  host: string,
  { notAfter, authority, name = host }: CertificateOptions = {},
): Promise<CertificateFiles> => {
  const { cert, private: key } = await generate([{ name: 'commonName', value: host }], {
    keySize: 2048,
    ...(notAfter === undefined
      ? {}
      : { notBeforeDate: new Date(notAfter.getTime() - 86_400_000), notAfterDate: notAfter }),
    ...(authority === undefined ? {} : { ca: authority }),
    extensions: [
      { name: 'basicConstraints', cA: authority === undefined },
      { name: 'subjectAltName', altNames: [{ type: 2, value: host }] },
    ],
  })
  const files = { cert: join(folder, `${name}.pem`), key: join(folder, `${name}.key`) }
  await writeFile(files.cert, cert)
  await writeFile(files.key, key, { mode: 0o600 })
  return files
}
